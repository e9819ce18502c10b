namespace Sandbox.Cli.Templates;

internal sealed record TemplateRequest(
    string Name,
    string? Description = null,
    string? From = null,
    string? Folder = null,
    IReadOnlyDictionary<string, string>? Env = null,
    IReadOnlyList<string>? StartCommand = null,
    PreloadsRequest? Preloads = null,
    TemplatePackages? Packages = null);

internal sealed record TemplatePackages(IReadOnlyList<string>? Python = null, IReadOnlyList<string>? Node = null);

internal sealed record PreloadsRequest(IReadOnlyList<string>? Python = null, IReadOnlyList<string>? Javascript = null);

internal sealed record Template(
    string Name,
    string Status,
    bool Shared,
    string? Source = null,
    string? From = null,
    string? Description = null,
    string? Error = null,
    IReadOnlyList<string>? Languages = null,
    IReadOnlyDictionary<string, string>? Env = null,
    IReadOnlyList<string>? StartCommand = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Preloads = null,
    long SizeBytes = 0,
    string? Digest = null,
    TemplatePackages? Packages = null,
    DateTimeOffset? CreatedAt = null)
{
    public bool HasEnded => Status != "importing";
}

internal sealed record TemplatePage(IReadOnlyList<Template> Items, string? NextCursor = null);
