using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sandbox.Packages.Tests.Testing;

/// <summary>A version of a Node package that exports its version.</summary>
internal sealed class NodeTarball
{
    private readonly JsonObject _package;

    public NodeTarball(string name, string version, params (string Kind, string Name, string Range)[] dependencies)
    {
        Version = version;
        File = $"{name[(name.IndexOf('/') + 1)..]}-{version}.tgz";
        _package = new JsonObject { ["name"] = name, ["version"] = version, ["main"] = "index.js", ["readme"] = "long" };
        foreach (var kind in dependencies.GroupBy(dependency => dependency.Kind))
            _package[kind.Key] = new JsonObject(kind.Select(dependency => KeyValuePair.Create<string, JsonNode?>(dependency.Name, dependency.Range)));
        Content = Pack(version);
    }

    public string Version { get; }

    public string File { get; }

    public byte[] Content { get; }

    /// <summary>What the registry says of it.</summary>
    public JsonObject Manifest(string url)
    {
        var manifest = (JsonObject)_package.DeepClone();
        manifest["dist"] = new JsonObject
        {
            ["tarball"] = url,
            ["integrity"] = "sha512-" + Convert.ToBase64String(SHA512.HashData(Content)),
            ["shasum"] = Convert.ToHexStringLower(SHA1.HashData(Content)),
        };
        return manifest;
    }

    private byte[] Pack(string version)
    {
        var content = new MemoryStream();
        using (var zipped = new GZipStream(content, CompressionLevel.Fastest))
        using (var tar = new TarWriter(zipped, TarEntryFormat.Ustar))
        {
            Add(tar, "package/package.json", _package.ToJsonString());
            Add(tar, "package/index.js", $"module.exports = '{version}';");
        }

        return content.ToArray();
    }

    private static void Add(TarWriter tar, string name, string text) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}
