using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>A file's content as it comes over a channel; never more than was asked for.</summary>
/// <param name="channel">The request; abandoned when this is disposed of.</param>
/// <param name="mostBytes">Most bytes that may come.</param>
/// <param name="atEnd">Reads what follows the content, before its end is told.</param>
internal sealed class AgentFileStream(AgentRequest channel, long mostBytes, Func<CancellationToken, Task>? atEnd = null) : Stream
{
    private long left = mostBytes;
    private bool ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ended || buffer.IsEmpty)
            return 0;
        try
        {
            return await ReadSome(buffer, cancellationToken);
        }
        catch (Exception failure) when (AgentRequest.IsConnectionFailure(failure))
        {
            throw new AgentConnectionException("The connection to the agent is gone or broke the protocol.", failure);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            channel.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadSome(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        (int count, Frame? other) = await channel.Reader.ReadBody(buffer, cancellationToken);
        if (other is { Type: FrameType.Error } refusal)
            throw AgentRequest.Refusal(refusal);
        if (other is not null || count > left)
            throw new ProtocolViolationException("The file is longer than was allowed, or no file.");
        left -= count;
        if (count == 0 && atEnd is not null)
            await atEnd(cancellationToken);
        ended = count == 0;
        return count;
    }
}
