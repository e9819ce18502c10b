using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>State of a template. The names on the wire are the snake_case forms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TemplateStatus>))]
public enum TemplateStatus
{
    /// <summary>It comes in, or is tried out.</summary>
    [JsonStringEnumMemberName("importing")] Importing = 0,

    /// <summary>Jobs and sessions can name it.</summary>
    [JsonStringEnumMemberName("ready")] Ready = 1,

    /// <summary>It cannot be used.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 2,
}

/// <summary>What templates can come from.</summary>
public static class TemplateSources
{
    /// <summary>An uploaded root file system.</summary>
    public const string Archive = "archive";

    /// <summary>An uploaded image: an OCI image layout, or what <c>docker save</c> writes.</summary>
    public const string Image = "image";

    /// <summary>A folder of the node's host.</summary>
    public const string Folder = "folder";

    /// <summary>Another template.</summary>
    public const string Template = "template";

    /// <summary>The host's own programs.</summary>
    public const string Host = "host";
}

/// <summary>A template, as it is stored and as callers see it.</summary>
/// <param name="Name">Which one.</param>
/// <param name="ImportId">Names this import: one that was deleted and made anew under its name is another.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Source">One of <see cref="TemplateSources"/>.</param>
/// <param name="From">The template or folder that it was made from.</param>
/// <param name="Env">Environment of everything that runs in it.</param>
/// <param name="StartCommand">Program and arguments, run to their end in every new sandbox; empty for none.</param>
/// <param name="Preloads">Modules that a kernel imports before it waits for code, by language.</param>
/// <param name="Interpreters">Programs of the languages that it offers; null where they are the host's.</param>
/// <param name="Digest">SHA-256 of its root file system; null where that is the host's.</param>
/// <param name="SizeBytes">Bytes of its files.</param>
/// <param name="IdleBytes">Memory that a ready sandbox of it uses.</param>
/// <param name="Status">State now.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="AgentId">Who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Importer">Address in the cluster of the process that it came in through.</param>
/// <param name="Packages">Packages that were installed upon the other template; null for none.</param>
/// <param name="Layer">SHA-256 of the packages beside its root file system, its basis's among them; null where there are none.</param>
[GenerateSerializer, Immutable, Alias("sandbox.template")]
public sealed record TemplateRecord(
    [property: Id(0)] TemplateName Name,
    [property: Id(1)] string ImportId,
    [property: Id(2)] string? Description,
    [property: Id(3)] string Source,
    [property: Id(4)] string? From,
    [property: Id(5)] IReadOnlyDictionary<string, string> Env,
    [property: Id(6)] IReadOnlyList<string> StartCommand,
    [property: Id(7)] IReadOnlyDictionary<string, IReadOnlyList<string>> Preloads,
    [property: Id(8)] IReadOnlyDictionary<string, string>? Interpreters,
    [property: Id(9)] string? Digest,
    [property: Id(10)] long SizeBytes,
    [property: Id(11)] long IdleBytes,
    [property: Id(12)] TemplateStatus Status,
    [property: Id(13)] string? Error,
    [property: Id(14)] string AgentId,
    [property: Id(15)] DateTimeOffset CreatedAt,
    [property: Id(16)] string? Importer = null,
    [property: Id(17)] RequestedPackages? Packages = null,
    [property: Id(18)] string? Layer = null)
{
    /// <summary>Digests of everything that a node must have for it.</summary>
    public IEnumerable<string> Contents() => new[] { Digest, Layer }.OfType<string>();
}

/// <summary>Place of the last template of a page.</summary>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Name">Its name.</param>
[GenerateSerializer, Immutable, Alias("sandbox.template.cursor")]
public sealed record TemplateCursor([property: Id(0)] DateTimeOffset CreatedAt, [property: Id(1)] string Name);

/// <summary>A page of templates.</summary>
/// <param name="Items">The templates.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
[GenerateSerializer, Immutable, Alias("sandbox.template.page")]
public sealed record TemplatePage([property: Id(0)] IReadOnlyList<TemplateRecord> Items, [property: Id(1)] TemplateCursor? Next);
