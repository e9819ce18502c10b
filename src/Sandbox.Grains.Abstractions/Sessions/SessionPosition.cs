using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>
/// How far a reader of a session's events has come: which steps it has seen to their end, and of the others the last event.
/// Steps of different contexts run side by side, so that one number cannot say it. The text is the number of the step up to
/// which all were seen, then one part for each run of steps seen beyond it and for each step seen in part, all in order:
/// <c>7;9-12;14:8192</c>.
/// </summary>
public sealed class SessionPosition
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaxLength = 8192;

    private const int MostParts = 512;

    private readonly long _floor;
    private readonly Part[] _parts;

    private SessionPosition(long floor, Part[] parts) => (_floor, _parts) = (floor, parts);

    /// <summary>Before the first event.</summary>
    public static SessionPosition Start { get; } = new(0, []);

    /// <summary>Reads the text of a position; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SessionPosition? position)
    {
        position = null;
        if (text is null or { Length: 0 or > MaxLength })
            return false;
        var words = text.Split(';');
        if (words.Length > MostParts || !TryNumber(words[0], 0, out var floor))
            return false;
        var parts = new Part[words.Length - 1];
        for (var index = 0; index < parts.Length; index++)
        {
            if (!Part.TryParse(words[index + 1], index == 0 ? floor : parts[index - 1].To, out parts[index]))
                return false;
        }

        position = new SessionPosition(floor, parts);
        return true;
    }

    /// <summary>Steps up to a number that were not seen to their end, each with the last event that was seen of it, in order.</summary>
    public IEnumerable<(long Sequence, long After)> Unseen(long last)
    {
        var next = _floor + 1;
        foreach (var part in _parts)
        {
            for (; next < part.From && next <= last; next++)
                yield return (next, 0);
            if (part.After is { } after && part.From <= last)
                yield return (part.From, after);
            next = part.To + 1;
        }

        for (; next <= last; next++)
            yield return (next, 0);
    }

    /// <summary>The position after an event of a step.</summary>
    /// <param name="sequence">The step: one that was not seen to its end.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="ended">Whether it was the step's last one.</param>
    public SessionPosition Seen(long sequence, long eventId, bool ended)
    {
        var parts = new List<Part>(_parts.Length + 1);
        parts.AddRange(_parts.TakeWhile(part => part.To < sequence));
        parts.Add(new Part(sequence, sequence, ended ? null : eventId));
        parts.AddRange(_parts.Where(part => part.From > sequence));
        return Joined(_floor, parts);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', _parts.Select(part => part.ToString()).Prepend(_floor.ToString(CultureInfo.InvariantCulture)));

    // Runs that touch are one, and a run that touches the floor raises it: the text stays as short as few steps are open.
    private static SessionPosition Joined(long floor, List<Part> parts)
    {
        var joined = new List<Part>(parts.Count);
        foreach (var part in parts)
        {
            if (part.After is null && joined.Count == 0 && part.From == floor + 1)
                floor = part.To;
            else if (part.After is null && joined.Count > 0 && joined[^1] is { After: null } before && before.To + 1 == part.From)
                joined[^1] = before with { To = part.To };
            else
                joined.Add(part);
        }

        return new SessionPosition(floor, [.. joined]);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, long above, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= above && number < long.MaxValue;

    // A run of steps seen to their end, or one step seen up to an event.
    private readonly record struct Part(long From, long To, long? After)
    {
        public static bool TryParse(ReadOnlySpan<char> text, long before, out Part part)
        {
            part = default;
            if (before == long.MaxValue - 1)
                return false;
            var mark = text.IndexOfAny('-', ':');
            if (!TryNumber(mark < 0 ? text : text[..mark], before + 1, out var from))
                return false;
            part = new Part(from, from, null);
            if (mark < 0)
                return true;
            if (!TryNumber(text[(mark + 1)..], text[mark] == '-' ? from : 0, out var second))
                return false;
            part = text[mark] == '-' ? part with { To = second } : part with { After = second };
            return true;
        }

        public override string ToString() => this switch
        {
            { After: { } after } => string.Create(CultureInfo.InvariantCulture, $"{From}:{after}"),
            { From: var from, To: var to } when from == to => from.ToString(CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"{From}-{To}"),
        };
    }
}
