using System.IO.Compression;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>Tells by its first bytes how an archive is compressed.</summary>
internal static class Compression
{
    private const int MarkBytes = 4;

    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> Zstandard => [0x28, 0xb5, 0x2f, 0xfd];

    /// <summary>What is inside. Disposing it leaves the stream open.</summary>
    public static async Task<Stream> Open(Stream archive, CancellationToken cancellationToken)
    {
        var mark = new byte[MarkBytes];
        var length = await archive.ReadAtLeastAsync(mark, MarkBytes, throwOnEndOfStream: false, cancellationToken);
        if (length == 0)
            throw new TemplateContentException("It is empty.");
        var whole = new PrefixedStream(mark.AsMemory(0, length), archive);
        if (mark.AsSpan().StartsWith(Zstandard))
            throw new TemplateContentException("It is compressed by zstd; only gzip is supported.");
        return mark.AsSpan().StartsWith(Gzip) ? new GZipStream(whole, CompressionMode.Decompress, leaveOpen: true) : whole;
    }

    /// <summary>A stream of which some bytes have been read ahead.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _prefix = prefix;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _prefix.IsEmpty ? rest.ReadAsync(buffer, cancellationToken) : ValueTask.FromResult(TakePrefix(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) =>
            _prefix.IsEmpty ? rest.Read(buffer, offset, count) : TakePrefix(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int TakePrefix(Span<byte> buffer)
        {
            var length = Math.Min(buffer.Length, _prefix.Length);
            _prefix.Span[..length].CopyTo(buffer);
            _prefix = _prefix[length..];
            return length;
        }
    }
}
