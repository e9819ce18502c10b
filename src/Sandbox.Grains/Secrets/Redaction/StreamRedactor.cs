namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>
/// Masks values in one stream of bytes that comes in pieces. A byte is let go as soon as no value can begin at or before it: what
/// is held back is an end that a value begins with.
/// </summary>
/// <param name="patterns">What to look for.</param>
internal sealed class StreamRedactor(SecretPatterns patterns)
{
    private readonly Queue<(Piece Piece, long End)> _pieces = new();
    private readonly LinkedList<Hit> _hits = new();
    private byte[] _bytes = [];
    private int _state;

    // Offsets in the stream: _bytes begins at _from, which is written already up to _written.
    private long _from;
    private long _written;
    private long _end;

    /// <summary>Bytes that wait because a value may have begun.</summary>
    public int Held => (int)(_end - _written);

    /// <summary>Takes what comes next.</summary>
    /// <returns>The piece, to which is written as things are decided, and perhaps more later.</returns>
    public Piece Add(ReadOnlySpan<byte> data)
    {
        var piece = new Piece();
        Append(data);
        var before = _end;
        _end += data.Length;
        _pieces.Enqueue((piece, _end));
        for (var at = before; at < _end; at++)
        {
            _state = patterns.Next(_state, _bytes[at - _from]);
            if (patterns.Match(_state) is > 0 and var length)
                Cover(at + 1 - length, at + 1);
        }

        Write(Math.Max(_written, _end - patterns.Pending(_state)));
        Drop(_end - patterns.Pending(_state));
        return piece;
    }

    /// <summary>Lets go of what is held, as nothing seems to follow. Should the rest of a value come after all, that is masked.</summary>
    public void LetGo() => Write(_end);

    // Marks of values that overlap become one.
    private void Cover(long start, long end)
    {
        var masked = false;
        while (_hits.Last is { } last && last.Value.End > start)
        {
            start = Math.Min(start, last.Value.Start);
            masked |= last.Value.Masked;
            _hits.RemoveLast();
        }

        _hits.AddLast(new Hit(start, end, masked));
    }

    private void Write(long to)
    {
        while (_written < to && _pieces.TryPeek(out var next))
        {
            Write(next.Piece, Math.Min(to, next.End));
            if (_written < next.End)
                break;
            _pieces.Dequeue();
            next.Piece.IsWhole = true;
        }

        // A piece without bytes has nothing to wait for.
        while (_pieces.TryPeek(out var empty) && empty.End <= _written)
        {
            _pieces.Dequeue();
            empty.Piece.IsWhole = true;
        }
    }

    private void Write(Piece piece, long to)
    {
        while (_written < to)
        {
            while (_hits.First is { } past && past.Value.End <= _written)
                _hits.RemoveFirst();
            var hit = _hits.First;
            if (hit is null || hit.Value.Start >= to)
            {
                Copy(piece, to);
            }
            else if (hit.Value.Start > _written)
            {
                Copy(piece, hit.Value.Start);
            }
            else
            {
                if (!hit.Value.Masked)
                    piece.Written.Write(SecretPatterns.Mask);
                hit.Value = hit.Value with { Masked = true };
                _written = Math.Min(to, hit.Value.End);
                // Only together can they be stored: what comes of the second makes no sense without the first.
                piece.GoesOn = _written < hit.Value.End;
            }
        }
    }

    private void Copy(Piece piece, long to)
    {
        piece.Written.Write(_bytes.AsSpan((int)(_written - _from), (int)(to - _written)));
        _written = to;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        var kept = (int)(_end - _from);
        if (_bytes.Length < kept + data.Length)
            Array.Resize(ref _bytes, Math.Max(kept + data.Length, _bytes.Length * 2));
        data.CopyTo(_bytes.AsSpan(kept));
    }

    // What is written and can be part of no value any more is not needed.
    private void Drop(long before)
    {
        var gone = (int)(Math.Min(before, _written) - _from);
        if (gone <= 0)
            return;
        _bytes.AsSpan(gone, (int)(_end - _from) - gone).CopyTo(_bytes);
        _from += gone;
    }

    /// <summary>What becomes of one piece.</summary>
    internal sealed class Piece
    {
        /// <summary>What is decided of it.</summary>
        public MemoryStream Written { get; } = new();

        /// <summary>Whether that is all.</summary>
        public bool IsWhole { get; set; }

        /// <summary>Whether a value that was masked at its end goes on in the next piece.</summary>
        public bool GoesOn { get; set; }
    }

    private readonly record struct Hit(long Start, long End, bool Masked);
}
