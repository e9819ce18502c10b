namespace Sandbox.Runtime;

/// <summary>
/// A sandbox's memory and files, on this host for as long as this is not disposed of. It holds whatever the code inside had
/// in memory: to be treated as a secret.
/// </summary>
public abstract class SandboxImage : IAsyncDisposable
{
    /// <summary>How many bytes <see cref="OpenRead"/> gives.</summary>
    public abstract long Length { get; }

    /// <summary>All of it as one stream, to be stored; <see cref="ISandboxRuntime.ReceiveImage"/> takes it in again, on any node with the same template.</summary>
    public abstract Stream OpenRead();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A sandbox could not be saved, or what should be an image is none; the message is for the log of the node.</summary>
public sealed class SandboxImageException(string message, Exception? inner = null) : Exception(message, inner);
