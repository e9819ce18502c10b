using System.Security.Cryptography;

namespace Sandbox.Client;

/// <summary>Content that flows from the server. It is read once, and disposed of.</summary>
public sealed class DownloadedContent : IAsyncDisposable, IDisposable
{
    private const int BufferBytes = 128 * 1024;

    private readonly HttpResponseMessage _response;
    private readonly string _name;

    internal DownloadedContent(HttpResponseMessage response, string name) => (_response, _name) = (response, name);

    /// <summary>Its size in bytes; null where that is not known ahead.</summary>
    public long? Length => _response.Content.Headers.ContentLength;

    /// <summary>SHA-256 of the content, lower-case hexadecimal; null where there is none, as of a file that changes all the time.</summary>
    public string? Sha256 => _response.Headers.ETag?.Tag.Trim('"');

    /// <summary>Media type of the content; only a hint.</summary>
    public string? ContentType => _response.Content.Headers.ContentType?.ToString();

    /// <summary>The content as it comes, unchecked. Reading it fails as of every stream, with <see cref="IOException"/>, where the connection breaks off.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Stream> OpenReadAsync(CancellationToken cancellationToken = default) => _response.Content.ReadAsStreamAsync(cancellationToken);

    /// <summary>Copies the content, and compares it with its SHA-256.</summary>
    /// <param name="target">Where to; it is not closed. On failure it may have got a part.</param>
    /// <param name="progress">Is told of the bytes that were copied, again and again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxException">It came in part, or not as it was sent.</exception>
    public async Task CopyToAsync(Stream target, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var content = await OpenReadAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        var copied = 0L;
        while (await Read(content, buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            copied += count;
            progress?.Report(copied);
        }

        await target.FlushAsync(cancellationToken).ConfigureAwait(false);
        Compare(_name, Convert.ToHexStringLower(hash.GetCurrentHash()), Sha256);
    }

    /// <summary>Ends the transfer.</summary>
    public void Dispose() => _response.Dispose();

    /// <summary>Ends the transfer.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Fails where what has come is not what was sent.</summary>
    internal static void Compare(string name, string? here, string? there)
    {
        if (here is not null && there is not null && !there.Equals(here, StringComparison.OrdinalIgnoreCase))
            throw new SandboxException(SandboxFailure.DamagedContent, $"{name} arrived damaged: its SHA-256 is not the one that the server states.");
    }

    private async Task<int> Read(Stream content, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Retry.IsLostConnection(e, cancellationToken))
        {
            throw new SandboxException(SandboxFailure.ConnectionLost, $"{_name} arrived in part only: {e.Message}", e);
        }
    }
}
