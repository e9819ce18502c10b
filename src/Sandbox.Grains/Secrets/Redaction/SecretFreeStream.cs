namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>What is to be kept holds a value that must not be.</summary>
internal sealed class SecretInContentException() : Exception("The content holds a value of a secret.");

/// <summary>A content that is read through, and ends with a fault as soon as a value is in it. The content stays its maker's.</summary>
internal sealed class SecretFreeStream : Stream
{
    private readonly Stream _content;
    private readonly SecretPatterns _patterns;
    private int _state;

    private SecretFreeStream(Stream content, SecretPatterns patterns) => (_content, _patterns) = (content, patterns);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The content, looked through where there is anything to look for.</summary>
    public static Stream Around(Stream content, SecretPatterns? patterns) => patterns is null ? content : new SecretFreeStream(content, patterns);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Checked(buffer[..await _content.ReadAsync(buffer, cancellationToken)].Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Checked(buffer.AsSpan(offset, _content.Read(buffer, offset, count)));

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Checked(ReadOnlySpan<byte> read)
    {
        foreach (var next in read)
        {
            _state = _patterns.Next(_state, next);
            if (_patterns.Match(_state) > 0)
                throw new SecretInContentException();
        }

        return read.Length;
    }
}
