using System.Buffers;
using System.Text.Json;
using Semver;

namespace Sandbox.Packages.Node;

/// <summary>Writes what npm is told of a package: nothing of versions that are not offered, and tarballs at the gateway.</summary>
internal static class NodePage
{
    // Of the whole document and of a version, what the registry's documentation lists for the abbreviated form.
    private static readonly HashSet<string> AbbreviatedDocument = new(StringComparer.Ordinal) { "name", "modified" };

    private static readonly HashSet<string> AbbreviatedVersion = new(StringComparer.Ordinal)
    {
        "name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies", "bundleDependencies", "bundledDependencies",
        "peerDependencies", "peerDependenciesMeta", "acceptDependencies", "bin", "directories", "engines", "cpu", "os", "libc", "funding",
        "_hasShrinkwrap", "hasInstallScript",
    };

    private static readonly string[] InstallScripts = ["preinstall", "install", "postinstall"];

    /// <summary>The page.</summary>
    /// <param name="packument">What the registry said.</param>
    /// <param name="offered">The versions that are on it.</param>
    /// <param name="abbreviated">Whether only what installing needs.</param>
    /// <param name="address">Where a version's tarball is at the gateway.</param>
    public static PackageAnswer Write(NodePackument packument, IReadOnlyList<NodeRelease> offered, bool abbreviated, Func<NodeRelease, string> address)
    {
        var page = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(page))
        {
            writer.WriteStartObject();
            foreach (var property in packument.Document.EnumerateObject())
            {
                if (property.Name is not ("versions" or "dist-tags" or "time") && (!abbreviated || AbbreviatedDocument.Contains(property.Name)))
                    property.WriteTo(writer);
            }

            WriteTags(writer, packument.Document, offered);
            if (!abbreviated)
                WriteTimes(writer, packument.Document, offered);
            writer.WriteStartObject("versions");
            foreach (var release in offered)
                WriteVersion(writer, release, abbreviated, address(release));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return PackageAnswer.Page(abbreviated ? NodePageTypes.Abbreviated : NodePageTypes.Full, page.WrittenMemory);
    }

    // npm wants a latest version: where that is not offered, it is the newest one that is.
    private static void WriteTags(Utf8JsonWriter writer, JsonElement document, IReadOnlyList<NodeRelease> offered)
    {
        var texts = offered.Select(release => release.Text).ToHashSet(StringComparer.Ordinal);
        var tags = document.TryGetProperty("dist-tags", out var all) && all.ValueKind == JsonValueKind.Object
            ? all.EnumerateObject()
                .Where(tag => tag.Value.ValueKind == JsonValueKind.String && texts.Contains(tag.Value.GetString()!))
                .ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!, StringComparer.Ordinal)
            : [];
        tags.TryAdd("latest", offered.OrderBy(release => !release.Version.IsPrerelease).ThenBy(release => release.Version, SemVersion.SortOrderComparer).Last().Text);
        writer.WriteStartObject("dist-tags");
        foreach (var (tag, version) in tags)
            writer.WriteString(tag, version);
        writer.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter writer, JsonElement document, IReadOnlyList<NodeRelease> offered)
    {
        if (!document.TryGetProperty("time", out var times) || times.ValueKind != JsonValueKind.Object)
            return;
        var kept = offered.Select(release => release.Text).Append("created").Append("modified").ToHashSet(StringComparer.Ordinal);
        writer.WriteStartObject("time");
        foreach (var time in times.EnumerateObject().Where(time => kept.Contains(time.Name)))
            time.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter writer, NodeRelease release, bool abbreviated, string tarball)
    {
        writer.WriteStartObject(release.Text);
        foreach (var property in release.Manifest.EnumerateObject())
        {
            if (property.Name != "dist" && (!abbreviated || AbbreviatedVersion.Contains(property.Name)))
                property.WriteTo(writer);
        }

        // A registry that only knows the whole document leaves this for npm to find out.
        if (abbreviated && !release.Manifest.TryGetProperty("hasInstallScript", out _) && HasInstallScript(release.Manifest))
            writer.WriteBoolean("hasInstallScript", true);
        writer.WriteStartObject("dist");
        foreach (var property in release.Manifest.GetProperty("dist").EnumerateObject().Where(property => property.Name != "tarball"))
            property.WriteTo(writer);
        writer.WriteString("tarball", tarball);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static bool HasInstallScript(JsonElement manifest) =>
        manifest.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object
        && Array.Exists(InstallScripts, script => scripts.TryGetProperty(script, out _));
}
