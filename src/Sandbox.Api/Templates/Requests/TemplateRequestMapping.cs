using System.Buffers;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Api.Templates.Requests;

/// <summary>From a request to what the catalogue enters: every rule, then everything that is left out filled in.</summary>
internal static class TemplateRequestMapping
{
    private const int LongestDescription = 1000;
    private const int LongestModule = 200;
    private const int LongestPath = 4096;

    private static readonly SearchValues<char> ModuleCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.@/:");

    /// <summary>The template to make. Only of use when the errors are still empty afterwards.</summary>
    public static TemplateSpec ToSpec(TemplateRequest request, bool hasArchive, RequestErrors errors)
    {
        CheckName(request.Name, errors);
        if (request.Description is { } description && (description.Length > LongestDescription || description.Any(char.IsControl)))
            errors.Add("description", $"Has at most {LongestDescription} characters, none of them control characters.");
        if (!hasArchive)
            CheckSource(request, errors);
        if (EnvironmentRules.Check(request.Env, errors) > RequestBounds.ArgumentsTotalBytes || request.Env?.Count > RequestBounds.Variables)
            errors.Add("env", $"Exceeds {RequestBounds.ArgumentsTotalBytes} bytes or {RequestBounds.Variables} variables.");
        CheckStartCommand(request.StartCommand, errors);
        CheckModules(request.Preloads?.Python, "preloads.python", errors);
        CheckModules(request.Preloads?.Javascript, "preloads.javascript", errors);
        return new TemplateSpec(
            request.Name ?? string.Empty,
            request.Description,
            request.From,
            request.Folder,
            request.Env ?? EmptyMaps.OfStrings,
            request.StartCommand ?? [],
            Preloads(request.Preloads),
            SandboxMembers.ToPackages(request.Packages));
    }

    private static void CheckName(string? name, RequestErrors errors)
    {
        if (name is null && !errors.Has("name"))
            errors.Add("name", "Is required.");
        else if (name is not null && !TemplateName.IsValid(name))
            errors.Add("name", $"Has 1 to {TemplateName.MaxLength} of a-z, 0-9, ., _ and -, of which the first is a letter or digit.");
    }

    private static void CheckSource(TemplateRequest request, RequestErrors errors)
    {
        if (errors.Has("from") || errors.Has("folder"))
            return;
        if (request.From is null == request.Folder is null)
        {
            var text = request.From is null ? "Either from or folder is required, or an archive as the body." : "Only one of from and folder may be given.";
            errors.Add("from", text);
            errors.Add("folder", text);
        }

        if (request.Folder is { } folder && (folder.Length > LongestPath || !folder.StartsWith('/') || folder.Any(char.IsControl)))
            errors.Add("folder", $"Must be an absolute path of at most {LongestPath} characters.");
        if (request is { Folder: not null, Packages: not null })
            errors.Add("packages", "Goes with from.");
    }

    private static void CheckStartCommand(IReadOnlyList<string>? command, RequestErrors errors)
    {
        if (command is ["", ..] or [])
            errors.Add("startCommand", "Must begin with a program.");
        if (ArgumentRules.CheckEach(command, "startCommand", errors) > RequestBounds.ArgumentsTotalBytes)
            errors.Add("startCommand", $"Exceeds {RequestBounds.ArgumentsTotalBytes} bytes.");
    }

    // A name and no path: what a sandbox can write to is no place to import ahead from.
    private static void CheckModules(IReadOnlyList<string>? modules, string path, RequestErrors errors)
    {
        for (var i = 0; i < modules?.Count; i++)
        {
            var module = modules[i];
            if (module.Length is 0 or > LongestModule || module[0] is '.' or '/' or '-' || module.AsSpan().ContainsAnyExcept(ModuleCharacters))
                errors.Add($"{path}[{i}]", $"Must be the name of a module, of at most {LongestModule} characters.");
        }

        if (modules?.Count > RequestBounds.Names)
            errors.Add(path, $"Has more than {RequestBounds.Names} items.");
    }

    private static Dictionary<string, IReadOnlyList<string>> Preloads(PreloadsRequest? request)
    {
        var preloads = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (request?.Python is { Count: > 0 } python)
            preloads["python"] = python;
        if (request?.Javascript is { Count: > 0 } javascript)
            preloads["javascript"] = javascript;
        return preloads;
    }
}
