using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Api.Templates;

/// <summary>A template: what sandboxes can be made from.</summary>
public sealed record Template
{
    /// <summary>Name, by which jobs and sessions ask for it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it belongs to all tenants.</summary>
    public required bool Shared { get; init; }

    /// <summary>State: importing, ready or failed.</summary>
    public required TemplateStatus Status { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What it came from: archive, image, folder, template, or host for the installation's own.</summary>
    public required string Source { get; init; }

    /// <summary>The template that it was made from.</summary>
    public string? From { get; init; }

    /// <summary>Packages that were installed upon that; its own are not listed again.</summary>
    public TemplatePackageList? Packages { get; init; }

    /// <summary>Languages that it offers; left out until that is known.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>Environment variables of everything that runs in it; those of a job or session win.</summary>
    public required IReadOnlyDictionary<string, string> Env { get; init; }

    /// <summary>Argument vector that every new sandbox has run before it is handed out.</summary>
    public IReadOnlyList<string>? StartCommand { get; init; }

    /// <summary>Modules that a kernel has imported before it waits for code, by language.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Preloads { get; init; }

    /// <summary>Size of its files in bytes; 0 where they are the host's.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Digest of its root file system: sha256: and 64 hexadecimal digits; left out where that is the host's.</summary>
    public string? Digest { get; init; }

    /// <summary>Who made it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When it was made; left out for the installation's own.</summary>
    public DateTime? CreatedAt { get; init; }

    /// <summary>Digest of the packages beside its root file system, those of its basis included; left out where there are none.</summary>
    public string? PackagesDigest { get; init; }

    internal static Template Of(TemplateRecord record, IPlatform platform) => new()
    {
        Name = record.Name.Name,
        Description = record.Description,
        Shared = record.Name.Tenant is null,
        Status = record.Status,
        Error = record.Error,
        Source = record.Source,
        // Folders are the host's own affair.
        From = record.Source == TemplateSources.Template ? record.From : null,
        Packages = record.Packages is { } packages ? new TemplatePackageList { Python = NullIfEmpty(packages.Python), Node = NullIfEmpty(packages.Node) } : null,
        Languages = record.Status == TemplateStatus.Ready ? [.. (record.Interpreters?.Keys ?? platform.Languages).Order(StringComparer.Ordinal)] : null,
        Env = record.Env,
        StartCommand = record.StartCommand.Count > 0 ? record.StartCommand : null,
        Preloads = record.Preloads,
        SizeBytes = record.SizeBytes,
        Digest = record.Digest is { } digest ? $"sha256:{digest}" : null,
        PackagesDigest = record.Layer is { } layer ? $"sha256:{layer}" : null,
        AgentId = record.AgentId,
        CreatedAt = record.Source == TemplateSources.Host ? null : record.CreatedAt.UtcDateTime,
    };

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> items) => items.Count > 0 ? items : null;
}

/// <summary>Packages by ecosystem, as they were asked for.</summary>
public sealed record TemplatePackageList
{
    /// <summary>Of Python.</summary>
    public IReadOnlyList<string>? Python { get; init; }

    /// <summary>Of Node.</summary>
    public IReadOnlyList<string>? Node { get; init; }
}

/// <summary>A page of templates, newest first.</summary>
public sealed record TemplateList
{
    /// <summary>The templates.</summary>
    public required IReadOnlyList<Template> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
