namespace Sandbox.Cli.Tests.Testing;

/// <summary>Calls back with every write.</summary>
internal sealed class ReactingStream(Action<ReadOnlyMemory<byte>> onWrite) : MemoryStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        onWrite(buffer);
        return base.WriteAsync(buffer, CancellationToken.None);
    }
}
