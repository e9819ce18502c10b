using System.Globalization;

namespace Sandbox.Api.Http;

/// <summary>The query of a request, read as strictly as its body: unknown and repeated parameters are errors.</summary>
internal sealed class RequestQuery(IQueryCollection query, RequestErrors errors)
{
    /// <summary>Longest time that a request may wait for an end.</summary>
    public const int MaxWaitSeconds = 60;

    private const string CursorName = "cursor";

    private readonly List<string> _known = [];

    public string? Single(string name)
    {
        _known.Add(name);
        if (!query.TryGetValue(name, out var values))
            return null;
        if (values.Count == 1)
            return values[0];
        errors.Add(name, "May be given once only.");
        return null;
    }

    /// <summary>The place that a list goes on after; null where it begins.</summary>
    /// <param name="read">The place from what its cursor says; null where that is none of this list.</param>
    public T? Cursor<T>(Func<(DateTimeOffset CreatedAt, string Id), T?> read)
        where T : class
    {
        if (Single(CursorName) is not { } text)
            return null;
        if (CursorText.Read(text) is { } place && read(place) is { } cursor)
            return cursor;
        RefuseCursor();
        return null;
    }

    /// <summary>The number that a list goes on after; null where it begins.</summary>
    public long? NumberCursor()
    {
        if (Single(CursorName) is not { } text)
            return null;
        if (CursorText.Read(text) is { } place && long.TryParse(place.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        RefuseCursor();
        return null;
    }

    private void RefuseCursor() => errors.Add(CursorName, "Is not a cursor that a list answered with.");

    /// <summary>How long to wait for an end.</summary>
    /// <param name="otherwise">Seconds where the request does not say.</param>
    public TimeSpan Wait(double otherwise = 0)
    {
        if (Single("wait") is not { } text)
            return TimeSpan.FromSeconds(otherwise);
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        if (isNumber && seconds is >= 0 and <= MaxWaitSeconds)
            return TimeSpan.FromSeconds(seconds);
        errors.Add("wait", $"Must be a number of seconds from 0 to {MaxWaitSeconds}.");
        return TimeSpan.Zero;
    }

    /// <summary>A number of seconds; null where the request does not say.</summary>
    public double? Seconds(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
            return seconds;
        errors.Add(name, "Must be a number of seconds.");
        return null;
    }

    public int Integer(string name, int least, int most, int otherwise) => (int)Integer(name, (long)least, most, otherwise);

    public long Integer(string name, long least, long most, long otherwise)
    {
        if (Single(name) is not { } text)
            return otherwise;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        errors.Add(name, $"Must be a whole number from {least} to {most}.");
        return otherwise;
    }

    public bool Flag(string name)
    {
        switch (Single(name))
        {
            case null or "false":
                return false;
            case "true":
                return true;
        }
        errors.Add(name, "Must be true or false.");
        return false;
    }

    /// <summary>Parameters that begin with a prefix, by what follows it.</summary>
    public IReadOnlyDictionary<string, string> Prefixed(string prefix)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in query.Keys)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            if (name.Length == prefix.Length)
                errors.Add(name, "Lacks a name after the dot.");
            if (Single(name) is { } value)
                found[name[prefix.Length..]] = value;
        }
        return found;
    }

    /// <summary>Notes every parameter that nothing asked for. To be called last.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in query.Keys)
        {
            // The collection ignores case, and names of parameters do not.
            if (!_known.Contains(name, StringComparer.Ordinal))
                errors.Add(name, "Is not a parameter that this request has.");
        }
    }
}
