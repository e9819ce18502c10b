using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Files;

/// <summary>
/// Checksums of files in sandboxes, computed where the bytes arrive. A checksum is remembered for as long as the file is
/// the same by what programs cannot set: its number, its size and the time of its last change.
/// </summary>
internal sealed class FileChecksums(IPlatform platform) : IDisposable
{
    private const int MostRemembered = 10_000;
    private const int Attempts = 3;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    /// <summary>The file and its SHA-256; null when it did not hold still for long enough.</summary>
    /// <exception cref="AgentRequestException">
    /// There is no such file, or it is larger than any disk limit: a file with holes costs nothing inside and would be read for ever.
    /// </exception>
    public async Task<(FileEntry Entry, string? Sha256)> Of(IAgentClient agent, string path, CancellationToken cancellationToken)
    {
        var entry = await agent.Stat(path, cancellationToken);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (_known.TryGetValue(KeyOf(agent, path, entry), out string? known))
                return (entry, known);
            string sha256;
            await using (var file = await agent.ReadFile(new ReadFileRequest("/", path[1..], platform.MaximumLimits.DiskBytes), cancellationToken))
                sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file.Content, cancellationToken));
            var after = await agent.Stat(path, cancellationToken);
            if (KeyOf(agent, path, after) == KeyOf(agent, path, entry))
            {
                Remember(agent, path, after, sha256);
                return (after, sha256);
            }

            entry = after;
        }

        return (entry, null);
    }

    /// <summary>Takes up a checksum that was computed while the file was written.</summary>
    public void Remember(IAgentClient agent, string path, FileEntry entry, string sha256) => _known.Set(
        KeyOf(agent, path, entry), sha256, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });

    public void Dispose() => _known.Dispose();

    // A connection belongs to one sandbox, so that no sandbox can have another one's checksums.
    private static (IAgentClient, string, ulong, long, long) KeyOf(IAgentClient agent, string path, FileEntry entry) =>
        (agent, path, entry.Inode, entry.SizeBytes, entry.ChangedNs);
}
