using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Runtime.InteropServices;

namespace Sandbox.Runtime.Tests.Templates;

/// <summary>Images as archives, made from layers.</summary>
internal static class ImageBuilder
{
    public static string Architecture => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    /// <summary>An OCI image layout.</summary>
    public static byte[] Oci(IReadOnlyList<byte[]> layers, string[]? env = null, string? architecture = null, Action<Dictionary<string, byte[]>>? change = null)
    {
        var files = new Dictionary<string, byte[]>();
        var config = Blob(files, Json(new { architecture = architecture ?? Architecture, os = "linux", config = new { Env = env ?? [] } }));
        var manifest = Blob(files, Json(new { schemaVersion = 2, config, layers = layers.Select(layer => Blob(files, layer)).ToArray() }));
        files["oci-layout"] = Json(new { imageLayoutVersion = "1.0.0" });
        files["index.json"] = Json(new { schemaVersion = 2, manifests = new[] { manifest } });
        change?.Invoke(files);
        return Tar(files);
    }

    /// <summary>What <c>docker save</c> of older releases writes, where equal layers are links to each other.</summary>
    public static byte[] Docker(IReadOnlyList<byte[]> layers, string[]? env = null, Action<TarBytes>? more = null, string? manifest = null)
    {
        var tar = new TarBytes();
        more?.Invoke(tar);
        for (var i = 0; i < layers.Count; i++)
            Add(tar, $"{i}/layer.tar", layers[i]);
        Add(tar, "config.json", Json(new { architecture = Architecture, os = "linux", config = new { Env = env ?? [] } }));
        Add(tar, "manifest.json", manifest is not null ? Encoding.UTF8.GetBytes(manifest) : Json(new[]
        {
            new { Config = "config.json", Layers = Enumerable.Range(0, layers.Count).Select(i => $"{i}/layer.tar").ToArray() },
        }));
        return tar.ToArray();
    }

    public static JsonObject Blob(Dictionary<string, byte[]> files, byte[] content)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        files[$"blobs/sha256/{digest}"] = content;
        return new JsonObject { ["digest"] = $"sha256:{digest}", ["size"] = content.Length };
    }

    public static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value);

    private static byte[] Tar(Dictionary<string, byte[]> files)
    {
        var tar = new TarBytes();
        foreach (var (name, content) in files)
            Add(tar, name, content);
        return tar.ToArray();
    }

    private static void Add(TarBytes tar, string name, byte[] content) => tar.Add(TarBytes.Plain, Encoding.UTF8.GetBytes(name), content, [], 0x1A4);
}
