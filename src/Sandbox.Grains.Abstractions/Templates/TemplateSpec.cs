using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>What a template shall be: the validated request.</summary>
/// <param name="Name">Its name, unique among those that its callers can see.</param>
/// <param name="Description">What it is for.</param>
/// <param name="From">Template to build upon; null where there is another source.</param>
/// <param name="Folder">Folder of the node's host to take in; null where there is another source. With neither, an archive comes along.</param>
/// <param name="Env">Environment of everything that runs in it.</param>
/// <param name="StartCommand">Program and arguments, run to their end in every new sandbox; empty for none.</param>
/// <param name="Preloads">Modules that a kernel imports before it waits for code, by language.</param>
/// <param name="Packages">Packages to install upon the other template; null for none.</param>
[GenerateSerializer, Immutable, Alias("sandbox.template.spec")]
public sealed record TemplateSpec(
    [property: Id(0)] string Name,
    [property: Id(1)] string? Description,
    [property: Id(2)] string? From,
    [property: Id(3)] string? Folder,
    [property: Id(4)] IReadOnlyDictionary<string, string> Env,
    [property: Id(5)] IReadOnlyList<string> StartCommand,
    [property: Id(6)] IReadOnlyDictionary<string, IReadOnlyList<string>> Preloads,
    [property: Id(7)] RequestedPackages? Packages = null);
