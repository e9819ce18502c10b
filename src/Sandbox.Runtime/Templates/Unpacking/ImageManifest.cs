using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>What an image consists of: layers, lowest first, and the environment that its configuration sets.</summary>
/// <param name="Layers">The layers, compressed or not.</param>
/// <param name="Env">Environment of its programs.</param>
internal sealed record ImageManifest(IReadOnlyList<TreeFile> Layers, IReadOnlyDictionary<string, string> Env);

/// <summary>
/// Finds the image in an archive that is an OCI image layout or was written by <c>docker save</c>.
/// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
/// </summary>
internal static class ImageManifestReader
{
    private const string DockerManifest = "manifest.json";
    private const string OciIndex = "index.json";
    private const string OciMark = "oci-layout";
    private const int MaxDocumentBytes = 4 << 20;
    private const int MaxLayers = 256;
    private const int MaxVariables = 256;
    private const int MaxVariableBytes = 128 * 1024 - 1;
    private const int MaxNesting = 4;

    /// <summary>The image; null where the archive is a root file system.</summary>
    public static ImageManifest? Find(RootTree archive)
    {
        try
        {
            if (archive.Find(DockerManifest) is TreeFile docker && archive.Find("usr") is null && archive.Find("bin") is null)
                return FromDocker(archive, docker);
            return archive.Find(OciMark) is TreeFile && archive.Find(OciIndex) is TreeFile index ? FromOci(archive, index, 0) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new TemplateContentException("The image's description of itself is not valid.", e);
        }
    }

    private static ImageManifest FromDocker(RootTree archive, TreeFile manifest)
    {
        using var document = Parse(manifest);
        if (document.RootElement.GetArrayLength() != 1)
            throw new TemplateContentException("The archive holds several images; save one.");
        var image = document.RootElement[0];
        var layers = image.GetProperty("Layers").EnumerateArray().Select(layer => FileAt(archive, layer.GetString()!));
        return Describe(FileAt(archive, image.GetProperty("Config").GetString()!), layers);
    }

    private static ImageManifest FromOci(RootTree archive, TreeFile document, int depth)
    {
        using var parsed = Parse(document);
        var root = parsed.RootElement;
        if (root.TryGetProperty("layers", out var layers))
            return Describe(Blob(archive, root.GetProperty("config")), layers.EnumerateArray().Select(layer => Blob(archive, layer)));
        var fitting = root.GetProperty("manifests").EnumerateArray().Where(IsForThisMachine).ToList();
        if (fitting.Count != 1 || depth > MaxNesting)
            throw new TemplateContentException($"The layout holds {fitting.Count} images for linux/{Architecture}; it must hold one.");
        return FromOci(archive, Blob(archive, fitting[0]), depth + 1);
    }

    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    // A layout for one machine need not say for which. Attestations say that they are for none.
    private static bool IsForThisMachine(JsonElement descriptor) =>
        !descriptor.TryGetProperty("platform", out var platform)
        || (platform.GetProperty("os").GetString() == "linux" && platform.GetProperty("architecture").GetString() == Architecture);

    private static ImageManifest Describe(TreeFile config, IEnumerable<TreeFile> layers)
    {
        using var document = Parse(config);
        if (document.RootElement.TryGetProperty("architecture", out var architecture) && architecture.GetString() is { Length: > 0 } made && made != Architecture)
            throw new TemplateContentException($"The image is for {EntryName.Shown(made)}, and this node is {Architecture}.");
        var all = layers.Take(MaxLayers + 1).ToList();
        if (all.Count is 0 or > MaxLayers)
            throw new TemplateContentException($"The image must have 1 to {MaxLayers} layers.");
        return new ImageManifest(all, Environment(document.RootElement));
    }

    private static Dictionary<string, string> Environment(JsonElement config)
    {
        var env = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!config.TryGetProperty("config", out var run) || !run.TryGetProperty("Env", out var variables) || variables.ValueKind != JsonValueKind.Array)
            return env;
        foreach (var variable in variables.EnumerateArray().Take(MaxVariables).Select(item => item.GetString() ?? string.Empty))
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && variable.Length <= MaxVariableBytes && !variable.Contains('\0') && variable[..equals].All(c => c == '_' || char.IsAsciiLetterOrDigit(c)))
                env[variable[..equals]] = variable[(equals + 1)..];
        }

        return env;
    }

    // The layout names contents by their hash, and what was unpacked has been hashed.
    private static TreeFile Blob(RootTree archive, JsonElement descriptor)
    {
        const string algorithm = "sha256:";
        var digest = descriptor.GetProperty("digest").GetString() ?? string.Empty;
        if (!digest.StartsWith(algorithm, StringComparison.Ordinal))
            throw new TemplateContentException("The layout names a content by another hash than SHA-256.");
        var file = FileAt(archive, $"blobs/sha256/{digest[algorithm.Length..]}");
        return file.Content.Sha256 == digest[algorithm.Length..]
            ? file
            : throw new TemplateContentException("A content of the layout is not what its name says.");
    }

    private static TreeFile FileAt(RootTree archive, string path) =>
        archive.FindFile(path) ?? throw new TemplateContentException($"The image names '{EntryName.Shown(path)}', which the archive lacks.");

    private static JsonDocument Parse(TreeFile file)
    {
        if (file.Content.Length > MaxDocumentBytes)
            throw new TemplateContentException("The image's description of itself is too long.");
        return JsonDocument.Parse(File.ReadAllBytes(file.Content.Path), new JsonDocumentOptions { MaxDepth = 32 });
    }
}
