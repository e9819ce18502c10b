namespace Sandbox.Packages.Python;

/// <summary>Names of wheels (PEP 427) and source archives (PEP 625, and the older ones with dashes in the package's name).</summary>
internal static class PythonFileName
{
    /// <summary>What names of wheels end with.</summary>
    public const string Wheel = ".whl";

    private const int MaxLength = 255;
    private static readonly string[] Archives = [".tar.gz", ".zip"];

    /// <summary>The version in the name of one of a package's files; null if it is not the name of one.</summary>
    public static string? VersionOf(string package, string file)
    {
        if (file.Length > MaxLength || !file.All(IsUsual))
            return null;
        return file.EndsWith(Wheel, StringComparison.Ordinal)
            ? OfWheel(package, file[..^Wheel.Length].Split('-'))
            : Array.Find(Archives, archive => file.EndsWith(archive, StringComparison.Ordinal)) is { } suffix ? OfArchive(package, file[..^suffix.Length]) : null;
    }

    private static string? OfWheel(string package, string[] parts) =>
        parts.Length is 5 or 6 && PythonName.Normal(parts[0]) == package ? parts[1] : null;

    private static string? OfArchive(string package, string name)
    {
        for (var dash = name.IndexOf('-'); dash > 0; dash = name.IndexOf('-', dash + 1))
        {
            if (PythonName.Normal(name[..dash]) == package)
                return name[(dash + 1)..];
        }

        return null;
    }

    private static bool IsUsual(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '!';
}
