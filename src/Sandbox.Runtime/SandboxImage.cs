namespace Sandbox.Runtime;

/// <summary>A sandbox's memory and files, on this host for as long as this is not disposed of.</summary>
public abstract class SandboxImage : IAsyncDisposable
{
    /// <summary>Bytes that <see cref="OpenRead"/> gives.</summary>
    public abstract long Length { get; }

    /// <summary>Everything that is needed to make an equal image elsewhere. The caller disposes it; may be opened again and again.</summary>
    public abstract Stream OpenRead();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A sandbox could not be saved with its memory, or an image could not be taken in; the message is for the log of the node.</summary>
public sealed class SandboxImageException(string message, Exception? inner = null) : Exception(message, inner);
