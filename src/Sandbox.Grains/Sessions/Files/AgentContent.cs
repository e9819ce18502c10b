using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Files;

/// <summary>
/// A file of a sandbox as a seekable stream: the agent is asked when the first byte is wanted, for what follows from
/// there. A file that has become shorter meanwhile ends early, and one that has grown ends where it ended.
/// </summary>
internal sealed class AgentContent(IAgentClient agent, string path, long length, IDisposable use) : Stream
{
    private AgentFile? _file;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (_file is not null)
                throw new InvalidOperationException("The content is being read already.");
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length)
            return 0;
        _file ??= await agent.ReadFile(new ReadFileRequest("/", path[1..], long.MaxValue, _position, length - _position), cancellationToken);
        var read = await _file.Content.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };
        return _position;
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
        use.Dispose();
        await base.DisposeAsync();
    }
}
