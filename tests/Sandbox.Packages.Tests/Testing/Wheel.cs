using System.IO.Compression;
using System.Text;

namespace Sandbox.Packages.Tests.Testing;

/// <summary>A wheel with one module that says its version.</summary>
internal static class Wheel
{
    public static (string File, byte[] Content) Of(string name, string version, params string[] requires)
    {
        var info = $"{name}-{version}.dist-info";
        var metadata = new StringBuilder($"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        foreach (var requirement in requires)
            metadata.Append($"Requires-Dist: {requirement}\n");
        metadata.Append("\nRequires-Dist: only-in-the-description\n");
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, $"{name}.py", $"version = '{version}'\n");
            Add(archive, $"{info}/METADATA", metadata.ToString());
            Add(archive, $"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Add(archive, $"{info}/RECORD", $"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n");
        }

        return ($"{name}-{version}-py3-none-any.whl", content.ToArray());
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var entry = archive.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
