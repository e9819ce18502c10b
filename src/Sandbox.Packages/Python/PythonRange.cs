namespace Sandbox.Packages.Python;

/// <summary>
/// The versions that all of several comparisons allow. With comparisons, versions before a release belong to it only where one of
/// them names such a version (PEP 440, "Handling of pre-releases"); without any, every version belongs to it.
/// </summary>
internal sealed class PythonRange
{
    private readonly PythonSpecifier[] _specifiers;
    private readonly bool _prereleases;

    private PythonRange(PythonSpecifier[] specifiers)
    {
        _specifiers = specifiers;
        _prereleases = specifiers.Length == 0 || Array.Exists(specifiers, specifier => specifier.NamesPrerelease);
    }

    /// <summary>Reads comparisons with commas between them; null if they are none.</summary>
    public static PythonRange? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return new PythonRange([]);
        var specifiers = text.Split(',').Select(PythonSpecifier.Parse).ToArray();
        return Array.Exists(specifiers, specifier => specifier is null) ? null : new PythonRange(specifiers!);
    }

    /// <summary>The version that it names, where it is for one alone; null for any other range.</summary>
    public PythonVersion? Exact => _specifiers is [{ Exact: { } version }] ? version : null;

    /// <summary>Whether a version, or one of the local versions that are asked for by the same name, may belong to it.</summary>
    public bool MayHold(PythonVersion version) => Holds(version, string.Empty) || Array.Exists(_specifiers, static specifier => specifier.IsOfText);

    /// <summary>Whether a version belongs to it.</summary>
    /// <param name="version">The version.</param>
    /// <param name="text">It as it is written.</param>
    public bool Holds(PythonVersion version, string text) =>
        (_prereleases || !version.IsPrerelease) && Array.TrueForAll(_specifiers, specifier => specifier.Holds(version, text));
}
