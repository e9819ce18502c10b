using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Templates;

/// <summary>
/// Where the packages of a template are inside: a folder of their own, read-only, beside whatever root the template has. A root
/// has the place for it, and a link at <c>/node_modules</c>, where Node looks last from every folder.
/// </summary>
public static class PackageLayer
{
    /// <summary>The folder, absolute.</summary>
    public const string Inside = "/opt/packages";

    /// <summary>Packages of Python, within the folder.</summary>
    public const string Python = "python/site-packages";

    /// <summary>Where <c>npm</c> puts packages of Node, within the folder.</summary>
    public const string Node = "node";

    /// <summary>The link by which Node finds its part.</summary>
    public const string NodeLink = "/node_modules";

    /// <summary>Where that leads.</summary>
    public const string NodeLinkTarget = "opt/packages/" + Node + "/node_modules";

    private const string Programs = Inside + "/" + Python + "/bin:" + Inside + "/" + Node + "/node_modules/.bin";

    /// <summary>The environment by which programs find what is in it; what the code's own user installs comes first.</summary>
    /// <param name="environment">The environment without it.</param>
    /// <param name="userSite">Where the template's Python has what its user installs; null where it has no Python.</param>
    public static IReadOnlyDictionary<string, string> EnvironmentWith(IReadOnlyDictionary<string, string> environment, string? userSite)
    {
        var path = SandboxEnvironment.With(environment)["PATH"];
        var result = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        if (!path.StartsWith(Programs, StringComparison.Ordinal))
            result["PATH"] = $"{Programs}:{path}";
        var ours = $"{userSite}:{Inside}/{Python}";
        if (userSite is not null && environment.GetValueOrDefault("PYTHONPATH") is var known && known?.StartsWith(ours, StringComparison.Ordinal) != true)
            result["PYTHONPATH"] = string.IsNullOrEmpty(known) ? ours : $"{ours}:{known}";
        return result;
    }
}
