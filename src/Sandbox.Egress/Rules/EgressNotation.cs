namespace Sandbox.Egress.Rules;

/// <summary>The one form in which what an egress rule names is stored and compared.</summary>
public static class EgressNotation
{
    /// <summary>What a name begins with that stands for every name below it.</summary>
    public const string Below = "*.";

    /// <summary>A host name, or <c>*.</c> and one, in lower case and punycode without a dot at its end; null if it is none.</summary>
    public static string? Host(string text)
    {
        var below = text.StartsWith(Below, StringComparison.Ordinal);
        return EgressName.Normalise(below ? text[Below.Length..] : text) is { } name ? (below ? Below + name : name) : null;
    }

    /// <summary>A range of addresses in its canonical form; null if it is none, or has bits set beyond its prefix.</summary>
    public static string? Range(string text) => EgressAddress.ParseRange(text)?.ToString();
}
