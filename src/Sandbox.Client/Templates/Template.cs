using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A template: what sandboxes can be made from.</summary>
public sealed record Template
{
    /// <summary>Name, by which jobs and sessions ask for it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it belongs to all tenants.</summary>
    public bool Shared { get; init; }

    /// <summary>State: importing, ready or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What it came from: archive, image, folder, template, or host for the installation's own.</summary>
    public string Source { get => field ?? string.Empty; init; }

    /// <summary>The template that it was made from.</summary>
    public string? From { get; init; }

    /// <summary>Packages that were installed upon that; its own are not listed again.</summary>
    public TemplatePackages? Packages { get; init; }

    /// <summary>Languages that it offers; left out until that is known.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>Environment variables of everything that runs in it; those of a job or session win.</summary>
    public IReadOnlyDictionary<string, string> Env { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>Argument vector that every new sandbox has run before it is handed out.</summary>
    public IReadOnlyList<string>? StartCommand { get; init; }

    /// <summary>Modules that a kernel has imported before it waits for code, by language.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Preloads { get => field ?? ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty; init; }

    /// <summary>Size of its files in bytes; 0 where they are the host's.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Digest of its root file system: sha256: and 64 hexadecimal digits; left out where that is the host's.</summary>
    public string? Digest { get; init; }

    /// <summary>Who made it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When it was made; left out for the installation's own.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Digest of the packages beside its root file system, those of its basis included; left out where there are none.</summary>
    public string? PackagesDigest { get; init; }

    /// <summary>Whether it is ready or has failed.</summary>
    [JsonIgnore]
    public bool HasEnded => Status != TemplateStatus.Importing;
}

/// <summary>Packages by ecosystem, as they were asked for.</summary>
public sealed record TemplatePackages
{
    /// <summary>Of Python.</summary>
    public IReadOnlyList<string>? Python { get; init; }

    /// <summary>Of Node.</summary>
    public IReadOnlyList<string>? Node { get; init; }
}
