using Sandbox.Packages.Cache;

namespace Sandbox.Packages.Python;

/// <summary>A file of a package, as the index lists it.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="VersionText">The version, as the file's name has it.</param>
/// <param name="Version">The version.</param>
/// <param name="Hash">SHA-256 of the content.</param>
/// <param name="Source">Where the index has it.</param>
/// <param name="RequiresPython">For which Python it is (PEP 345); null for all.</param>
/// <param name="Yanked">Why it should not be used any more (PEP 592); empty without a reason, null if it may be used.</param>
internal sealed record PythonFile(
    string Name, string VersionText, PythonVersion Version, ContentHash Hash, Uri Source, string? RequiresPython, string? Yanked)
{
    /// <summary>Whether it is a wheel, which says what it depends on.</summary>
    public bool IsWheel => Name.EndsWith(PythonFileName.Wheel, StringComparison.Ordinal);

    /// <summary>Reads one; null if it is none that can be offered.</summary>
    public static PythonFile? Of(string package, string name, Uri page, string? address, string? sha256, string? requiresPython, string? yanked)
    {
        if (ContentHash.Sha256(sha256) is not { } hash || PythonFileName.VersionOf(package, name) is not { } text || PythonVersion.Parse(text) is not { } version)
            return null;
        return Uri.TryCreate(page, address, out var source) ? new PythonFile(name, text, version, hash, source, requiresPython, yanked) : null;
    }
}
