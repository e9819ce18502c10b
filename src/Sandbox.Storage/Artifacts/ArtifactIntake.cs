using System.Buffers;
using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Encryption;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Lets a stream in: encrypts, hashes and counts it, in memory that does not grow with it. Everything that is stored passes here, so
/// that its size is known while it comes.
/// </summary>
internal static class ArtifactIntake
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Size and SHA-256 of what has come.</summary>
    /// <exception cref="ArtifactTooLargeException">It is longer than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="ArtifactDigestException">It has not the SHA-256 that it shall have.</exception>
    public static async Task<(long Size, string Sha256)> Take(
        Stream content, EncryptedWriter target, long maxBytes, string? expectedSha256, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long size = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                if (size > maxBytes)
                    throw new ArtifactTooLargeException(maxBytes);
                hash.AppendData(buffer, 0, read);
                await target.Write(buffer.AsMemory(0, read), cancellationToken);
            }

            var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (expectedSha256 is not null && expectedSha256 != sha256)
                throw new ArtifactDigestException();
            await target.Complete(cancellationToken);
            return (size, sha256);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
