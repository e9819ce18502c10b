using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sandboxes;

/// <summary>The members that requests for a sandbox have in common, whatever it is for.</summary>
internal static class SandboxMembers
{
    public static PackagesRequest Packages(RequestObject packages) => new()
    {
        Python = packages.Strings("python", RequestBounds.Names),
        Node = packages.Strings("node", RequestBounds.Names),
    };

    public static ResourceLimitsRequest Limits(RequestObject limits) => new()
    {
        Cpu = limits.Number("cpu"),
        MemoryBytes = limits.Integer("memoryBytes"),
        DiskBytes = limits.Integer("diskBytes"),
        Processes = limits.Integer("processes"),
        WallSeconds = limits.Number("wallSeconds"),
        OutputBytes = limits.Integer("outputBytes"),
    };

    /// <summary>Whether an isolation class has a name that any host knows.</summary>
    public static void CheckIsolation(string? isolation, RequestErrors errors)
    {
        if (isolation is not (null or IsolationClasses.Standard or IsolationClasses.Strong))
            errors.Add("isolation", $"Must be {IsolationClasses.Standard} or {IsolationClasses.Strong}.");
    }

    /// <summary>Names and values of labels.</summary>
    public static void CheckMetadata(IReadOnlyDictionary<string, string>? metadata, RequestErrors errors)
    {
        foreach (var (name, value) in metadata ?? EmptyMaps.OfStrings)
        {
            if (name.Length is 0 or > RequestBounds.LabelName || name.Any(char.IsControl))
                errors.Add($"metadata.{name}", $"A name has 1 to {RequestBounds.LabelName} characters, none of them control characters.");
            if (name.StartsWith(SessionSpec.ReservedLabels, StringComparison.Ordinal))
                errors.Add($"metadata.{name}", $"Names that begin with {SessionSpec.ReservedLabels} are taken.");
            if (value.Length > RequestBounds.LabelValue || value.Contains('\0'))
                errors.Add($"metadata.{name}", $"A value has at most {RequestBounds.LabelValue} characters and no NUL.");
        }
    }

    /// <summary>Whether a policy has a name that one can have. Which there are, the grain knows.</summary>
    public static void CheckPolicy(string? policy, RequestErrors errors)
    {
        if (policy is not null && !PolicyName.IsValid(policy))
            errors.Add("policy", PolicyName.Rule);
    }

    /// <summary>Whether secrets are named once, and no variable that comes with the request is meant as well.</summary>
    public static void CheckSecrets(IReadOnlyList<string>? secrets, IReadOnlyDictionary<string, string>? env, RequestErrors errors)
    {
        foreach (var (index, name) in (secrets ?? []).Index())
        {
            if (env?.ContainsKey(name) == true)
                errors.Add($"secrets[{index}]", "There is a variable of this name in env.");
            else if (secrets!.Take(index).Contains(name, StringComparer.Ordinal))
                errors.Add($"secrets[{index}]", "Is named twice.");
        }
    }

    /// <summary>Packages as the grain takes them; null where none are asked for.</summary>
    public static RequestedPackages? ToPackages(PackagesRequest? packages) =>
        packages is { Python: [_, ..] } or { Node: [_, ..] } ? new RequestedPackages(packages.Python ?? [], packages.Node ?? []) : null;

    /// <summary>Why a valid request cannot be carried out here; null when it can. What the template is, the grain knows.</summary>
    public static Refusal? RefuseIsolation(string isolation, IPlatform platform) => platform.AvailableIsolation.Contains(isolation)
        ? null
        : new Refusal(RefusalCodes.IsolationUnavailable, $"This host cannot isolate as {isolation}.", "isolation");
}
