namespace Sandbox.Api.Http;

/// <summary>Everything that is wrong with a request, by the path of the member at fault.</summary>
internal sealed class RequestErrors
{
    /// <summary>A request of a million wrong members is answered with the first of them.</summary>
    public const int Most = 100;

    private const int LongestPath = 200;

    private readonly Dictionary<string, IReadOnlyList<string>> _byField = new(StringComparer.Ordinal);
    private int _count;

    public bool Any => _count > 0;

    public bool Full => _count >= Most;

    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByField => _byField;

    public string Summary => _byField.Count == 1
        ? $"{_byField.First().Key}: {_byField.First().Value[0]}"
        : $"{_byField.Count} members of the request are not valid.";

    /// <summary>True when something is wrong with this member; what follows from that need not be said as well.</summary>
    public bool Has(string path) => _byField.ContainsKey(path);

    public void Add(string path, string text)
    {
        if (Full)
            return;
        _count++;
        if (path.Length > LongestPath)
            path = string.Concat(path.AsSpan(0, LongestPath), "…");
        if (_byField.TryGetValue(path, out var texts))
            ((List<string>)texts).Add(text);
        else
            _byField.Add(path, new List<string> { text });
    }

    /// <summary>Adds what is wrong with a part of the request, whose paths begin there.</summary>
    /// <param name="path">Path of the part.</param>
    /// <param name="part">What is wrong with it.</param>
    /// <param name="about">What each text begins with.</param>
    public void AddWithin(string path, RequestErrors part, string about = "")
    {
        foreach (var (field, texts) in part.ByField)
        {
            foreach (var text in texts)
                Add(field == "$" ? path : $"{path}.{field}", about + text);
        }
    }
}
