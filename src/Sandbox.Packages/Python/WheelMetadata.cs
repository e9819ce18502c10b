using System.IO.Compression;
using System.Text;
using Sandbox.Packages.Cache;

namespace Sandbox.Packages.Python;

/// <summary>What a wheel says that it depends on: <c>Requires-Dist</c> in its <c>METADATA</c> (PEP 427, PEP 566), read with bounds.</summary>
internal static class WheelMetadata
{
    // The list of the files in a wheel and its metadata; the largest wheels there are stay far below.
    private const int MaxBytesRead = 16 << 20;
    private const int MaxMetadataBytes = 4 << 20;
    private const string Field = "Requires-Dist:";

    /// <summary>Names of the packages; none if it does not say.</summary>
    public static IReadOnlyList<string> Dependencies(CachedFile wheel)
    {
        try
        {
            using var archive = new ZipArchive(new BoundedReads(wheel.Content, MaxBytesRead), ZipArchiveMode.Read, leaveOpen: true);
            var entry = archive.Entries.FirstOrDefault(entry =>
                entry.FullName.EndsWith(".dist-info/METADATA", StringComparison.Ordinal) && entry.FullName.Count(c => c == '/') == 1);
            if (entry is null)
                return [];
            using var metadata = new StreamReader(new BoundedReads(entry.Open(), MaxMetadataBytes), Encoding.UTF8);
            return Names(metadata);
        }
        catch (InvalidDataException)
        {
            // It is no wheel, or one that is made to be expensive. Whoever installs it will say so.
            return [];
        }
    }

    private static List<string> Names(TextReader metadata)
    {
        var names = new List<string>();
        while (metadata.ReadLine() is { Length: > 0 } line)
        {
            if (line.StartsWith(Field, StringComparison.OrdinalIgnoreCase) && PythonRequirement.NameOf(line[Field.Length..]) is { } name)
                names.Add(name);
        }

        return names;
    }
}
