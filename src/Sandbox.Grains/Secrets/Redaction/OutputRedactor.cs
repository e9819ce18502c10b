using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>
/// Masks values in the output of one execution, whose streams come mixed. Pieces keep their numbers and their order; one that
/// waits makes those behind it wait. Pieces that a value spans come together, so that they are stored together: a process that
/// is killed does not leave a half of it to be read without the other.
/// </summary>
internal sealed class OutputRedactor(SecretPatterns patterns)
{
    // An end so short is most likely no beginning of a value, and somebody may wait for a prompt.
    private const int ShortEnd = 8;
    private const int MostWaiting = 512 * 1024;
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<OutputStream, StreamRedactor> _streams = [];
    private readonly Queue<(AgentOutput Output, StreamRedactor.Piece Piece)> _waiting = new();
    private long _waitingBytes;

    /// <summary>How long to wait for more before <see cref="LetGo"/>; null while nothing waits.</summary>
    public TimeSpan? Patience => _waiting.Count == 0 ? null : _streams.Values.Max(static stream => stream.Held) < ShortEnd ? ShortPause : LongPause;

    /// <summary>Takes a piece; what can go on now.</summary>
    public IReadOnlyList<AgentOutput> Add(AgentOutput output)
    {
        if (!_streams.TryGetValue(output.Stream, out var stream))
            _streams.Add(output.Stream, stream = new StreamRedactor(patterns));
        _waiting.Enqueue((output, stream.Add(output.Data.Span)));
        _waitingBytes += output.Data.Length;
        var ready = Ready();
        return _waitingBytes <= MostWaiting ? ready : [.. ready, .. LetGo()];
    }

    /// <summary>Nothing follows for now, or at all: everything goes on.</summary>
    public IReadOnlyList<AgentOutput> LetGo()
    {
        foreach (var stream in _streams.Values)
            stream.LetGo();
        return Take(_waiting.Count);
    }

    private List<AgentOutput> Ready()
    {
        var (count, open) = (0, new HashSet<OutputStream>());
        foreach (var (index, (output, piece)) in _waiting.Index())
        {
            if (!piece.IsWhole)
                break;
            _ = piece.GoesOn ? open.Add(output.Stream) : open.Remove(output.Stream);
            if (open.Count == 0)
                count = index + 1;
        }

        return Take(count);
    }

    private List<AgentOutput> Take(int count)
    {
        var taken = new List<AgentOutput>(count);
        for (; count > 0; count--)
        {
            var (output, piece) = _waiting.Dequeue();
            _waitingBytes -= output.Data.Length;
            taken.Add(output with { Data = piece.Written.ToArray() });
        }

        return taken;
    }
}
