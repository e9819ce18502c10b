namespace Sandbox.Client;

/// <summary>
/// What comes from a server that says something every few seconds, be it only that it is there. When it is silent for longer, nobody
/// is there any more, and reading is given up. It owns nothing.
/// </summary>
/// <param name="inner">The content.</param>
/// <param name="longestSilence">How long one reading may wait.</param>
/// <param name="time">The clock.</param>
internal sealed class HeardStream(Stream inner, TimeSpan longestSilence, TimeProvider time) : Stream
{
    private readonly CancellationTokenSource _silence = new(longestSilence, time);

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
        _silence.CancelAfter(longestSilence);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, cancellationToken);
        var count = await inner.ReadAsync(buffer, either.Token).ConfigureAwait(false);
        // What the reader does in between may take as long as it takes.
        _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _silence.Dispose();
        base.Dispose(disposing);
    }
}
