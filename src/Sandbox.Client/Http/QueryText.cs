using System.Globalization;
using System.Text;

namespace Sandbox.Client;

/// <summary>The query of a request, escaped; members without a value are left out.</summary>
internal sealed class QueryText
{
    private readonly StringBuilder _text = new();

    public QueryText Add(string name, string? value)
    {
        if (value is not null)
            _text.Append(_text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public QueryText Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public QueryText Add(string name, double? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public QueryText Add(string name, TimeSpan? value) => Add(name, value?.TotalSeconds);

    public QueryText Add(string name, bool value) => Add(name, value ? "true" : null);

    public QueryText Add(string prefix, IReadOnlyDictionary<string, string>? pairs)
    {
        foreach (var (key, value) in pairs ?? new Dictionary<string, string>())
            Add(prefix + key, value);
        return this;
    }

    public override string ToString() => _text.ToString();
}
