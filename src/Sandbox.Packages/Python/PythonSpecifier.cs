namespace Sandbox.Packages.Python;

/// <summary>One comparison of a version specifier (PEP 440), such as <c>&gt;=2</c> or <c>==1.4.*</c>.</summary>
internal sealed class PythonSpecifier
{
    // Longer ones first.
    private static readonly string[] Operators = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"];

    private readonly string _operator;
    private readonly string _text;
    private readonly PythonVersion? _version;
    private readonly bool _prefix;

    private PythonSpecifier(string @operator, string text, PythonVersion? version, bool prefix) =>
        (_operator, _text, _version, _prefix) = (@operator, text, version, prefix);

    /// <summary>Whether it asks for versions before a release.</summary>
    public bool NamesPrerelease => _operator != "!=" && _version is { IsPrerelease: true };

    /// <summary>The only version that it is for, where it is "==" and one; null otherwise.</summary>
    public PythonVersion? Exact => _operator == "==" && !_prefix ? _version : null;

    /// <summary>Whether what it holds cannot be told by the public version alone.</summary>
    public bool IsOfText => _operator == "===" || _version is { IsLocal: true };

    /// <summary>Reads one; null if it is none.</summary>
    public static PythonSpecifier? Parse(string text)
    {
        text = text.Trim();
        if (Array.Find(Operators, candidate => text.StartsWith(candidate, StringComparison.Ordinal)) is not { } @operator)
            return null;
        var operand = text[@operator.Length..].Trim();
        if (@operator == "===")
            return operand.Length > 0 && !operand.Any(char.IsWhiteSpace) ? new(@operator, operand, PythonVersion.Parse(operand), false) : null;
        var prefix = operand.EndsWith(".*", StringComparison.Ordinal);
        if (PythonVersion.Parse(prefix ? operand[..^2] : operand) is not { } version)
            return null;
        var equality = @operator is "==" or "!=";
        if ((version.IsLocal && !equality) || (@operator == "~=" && version.Release.Count < 2))
            return null;
        // A prefix is one of releases: what else PEP 440 lets stand before a star, nobody can mean.
        if (prefix && (!equality || version.IsLocal || version.IsPrerelease || version.IsPostrelease))
            return null;
        return new(@operator, operand, version, prefix);
    }

    /// <summary>Whether a version is one of those.</summary>
    /// <param name="version">The version.</param>
    /// <param name="text">It as it is written.</param>
    public bool Holds(PythonVersion version, string text) => _operator switch
    {
        "===" => string.Equals(text.Trim(), _text, StringComparison.OrdinalIgnoreCase),
        "==" => Equal(version, _version!),
        "!=" => !Equal(version, _version!),
        "~=" => version.Public.CompareTo(_version!) >= 0 && version.BeginsWith(_version!.Epoch, [.. _version.Release.SkipLast(1)]),
        "<=" => version.Public.CompareTo(_version!) <= 0,
        ">=" => version.Public.CompareTo(_version!) >= 0,
        "<" => Before(version, _version!),
        _ => After(version, _version!),
    };

    private bool Equal(PythonVersion version, PythonVersion other)
    {
        if (_prefix)
            return version.BeginsWith(other.Epoch, other.Release);
        return (other.IsLocal ? version : version.Public).Is(other);
    }

    // "<3" does not mean the candidates of 3.
    private static bool Before(PythonVersion version, PythonVersion other) =>
        version.CompareTo(other) < 0 && (other.IsPrerelease || !version.IsPrerelease || !version.Base.Is(other.Base));

    // ">1.7" means neither 1.7.post1 nor 1.7+local.
    private static bool After(PythonVersion version, PythonVersion other) =>
        version.CompareTo(other) > 0
        && (other.IsPostrelease || !version.IsPostrelease || !version.Base.Is(other.Base))
        && (!version.IsLocal || !version.Base.Is(other.Base));
}
