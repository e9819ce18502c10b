using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>A file's content as it comes over a channel; never more than was asked for.</summary>
internal sealed class AgentFileStream(AgentRequest channel, long maxBytes) : Stream
{
    private ReadOnlyMemory<byte> current;
    private long left = maxBytes;
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
        while (current.IsEmpty && !ended && !buffer.IsEmpty)
            await ReadFrame(cancellationToken);
        int count = Math.Min(buffer.Length, current.Length);
        current[..count].CopyTo(buffer);
        current = current[count..];
        return count;
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

    private async Task ReadFrame(CancellationToken cancellationToken)
    {
        try
        {
            Frame frame = await channel.Reader.Read(cancellationToken) ?? throw new IOException("The agent closed the channel within a file.");
            switch (frame.Type)
            {
                case FrameType.Data when frame.Payload.Length <= left:
                    current = frame.Payload;
                    left -= frame.Payload.Length;
                    break;
                case FrameType.End:
                    ended = true;
                    break;
                case FrameType.Error:
                    throw AgentRequest.Refusal(frame);
                default:
                    throw new ProtocolViolationException("The file is longer than was allowed, or no file.");
            }
        }
        catch (Exception failure) when (AgentRequest.IsConnectionFailure(failure))
        {
            throw new AgentConnectionException("The connection to the agent is gone or broke the protocol.", failure);
        }
    }
}
