using System.Text.Json;
using Sandbox.Packages.Cache;
using Semver;

namespace Sandbox.Packages.Node;

/// <summary>One version of a package.</summary>
/// <param name="Text">The version as it is written.</param>
/// <param name="Version">The version.</param>
/// <param name="Manifest">What the registry says of it.</param>
/// <param name="Hash">SHA-512 of its tarball.</param>
/// <param name="Source">Where the registry has its tarball.</param>
internal sealed record NodeRelease(string Text, SemVersion Version, JsonElement Manifest, ContentHash Hash, Uri Source)
{
    private static readonly string[] Dependencies = ["dependencies", "optionalDependencies", "peerDependencies"];

    /// <summary>Reads one; null if it cannot be offered, such as without a SHA-512.</summary>
    public static NodeRelease? Of(Uri page, JsonProperty version)
    {
        if (!SemVersion.TryParse(version.Name, SemVersionStyles.Strict, out var read) || version.Value.ValueKind != JsonValueKind.Object
            || StringOf(version.Value, "version") != version.Name
            || !version.Value.TryGetProperty("dist", out var dist) || dist.ValueKind != JsonValueKind.Object
            || ContentHash.Integrity(StringOf(dist, "integrity")) is not { } hash || StringOf(dist, "tarball") is not { } tarball
            || !Uri.TryCreate(page, tarball, out var source))
            return null;
        return new NodeRelease(version.Name, read, version.Value, hash, source);
    }

    /// <summary>The packages that it says it depends on.</summary>
    public IEnumerable<string> DependsOn() =>
        from kind in Dependencies
        where Manifest.TryGetProperty(kind, out var value) && value.ValueKind == JsonValueKind.Object
        from dependency in Manifest.GetProperty(kind).EnumerateObject()
        let name = NodeRequirement.NameOf(dependency.Name, dependency.Value.ValueKind == JsonValueKind.String ? dependency.Value.GetString() : null)
        where name is not null
        select name;

    private static string? StringOf(JsonElement value, string property) =>
        value.TryGetProperty(property, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}
