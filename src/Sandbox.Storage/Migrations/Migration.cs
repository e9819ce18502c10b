using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Storage.Migrations;

/// <summary>One step of a schema: a script that never changes once it has been applied anywhere.</summary>
/// <param name="Name">File name, which also orders the steps.</param>
/// <param name="Text">The script.</param>
internal sealed record Migration(string Name, string Text)
{
    /// <summary>SHA-256 of the text, lower-case hexadecimal; the same whatever line ends a checkout has.</summary>
    public string Sha256 { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));

    /// <summary>The scripts below <c>sql/</c> in one folder, in order.</summary>
    public static IReadOnlyList<Migration> Load(string folder)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"sql/{folder}/";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new Migration(name[prefix.Length..], ReadResource(name))),
        ];

        string ReadResource(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }
}
