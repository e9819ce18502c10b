using System.Buffers.Binary;
using Azure;
using Azure.Storage.Blobs.Specialized;

namespace Sandbox.Storage.Artifacts.Blobs;

/// <summary>Sends what is written to it block by block; holds one. Without <see cref="Commit"/> there is no blob, however it is disposed.</summary>
internal sealed class BlockStream(BlockBlobClient blob, int blockBytes) : Stream
{
    private readonly byte[] _block = new byte[blockBytes];
    private readonly List<string> _sent = [];
    private int _filled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == _block.Length)
                await Send(cancellationToken);
            var taken = Math.Min(buffer.Length, _block.Length - _filled);
            buffer[..taken].CopyTo(_block.AsMemory(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends the rest and makes the blob of all that was sent; durable when it completes.</summary>
    public async Task Commit(CancellationToken cancellationToken)
    {
        if (_filled > 0)
            await Send(cancellationToken);
        await Ask(() => blob.CommitBlockListAsync(_sent, cancellationToken: cancellationToken));
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task Send(CancellationToken cancellationToken)
    {
        // Names of blocks are base64 of equal length; these rise with their place.
        var number = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, _sent.Count);
        var name = Convert.ToBase64String(number);
        using var content = new MemoryStream(_block, 0, _filled, writable: false);
        await Ask(() => blob.StageBlockAsync(name, content, cancellationToken: cancellationToken));
        _sent.Add(name);
        _filled = 0;
    }

    private static async Task Ask<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new IOException("The object store did not take the content.", e);
        }
    }
}
