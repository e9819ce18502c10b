using System.Security.Cryptography;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>Reads an image in the form of <see cref="ImageFormat"/>, file after file, and ends with the hash.</summary>
internal sealed class ImageStream(byte[] prefix, IReadOnlyList<string> files) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Stream? _part = new MemoryStream(prefix);
    private int _next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_part is not null && buffer.Length > 0)
        {
            var length = _part.Read(buffer);
            if (length > 0)
            {
                if (_next <= files.Count)
                    _hash.AppendData(buffer[..length]);
                return length;
            }

            _part.Dispose();
            _part = OpenNext();
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // The files lie in memory: there is nothing to wait for.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _part?.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    // One more than there are files: the hash of all before it.
    private Stream? OpenNext() => _next++ switch
    {
        var i when i < files.Count => new FileStream(files[i], FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0),
        var i when i == files.Count => new MemoryStream(_hash.GetHashAndReset()),
        _ => null,
    };
}
