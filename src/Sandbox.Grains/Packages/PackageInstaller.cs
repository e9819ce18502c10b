using System.Text;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Packages;

/// <summary>
/// Installs packages in a sandbox by the pip and npm of its own template, as the sandbox's user, from the index that its policy
/// opens. Whatever an installation runs, it runs inside.
/// </summary>
internal sealed class PackageInstaller(IOptions<LanguageOptions> languages, TemplateRegistry templates, IOptions<PackageInstallOptions> options)
{
    private const int MaxOutputBytes = 1 << 20;
    private const int MaxToldBytes = 16 * 1024;

    // The index of the node keeps what was loaded: another copy would only take room of the sandbox's.
    private static readonly KeyValuePair<string, string>[] Settings = [new("PIP_NO_CACHE_DIR", "1"), new("npm_config_cache", "/tmp/.npm")];

    /// <summary>
    /// Installs what is asked for. Called again for the same sandbox, by this process or a later one, it finds the installation
    /// that was begun: the agent keeps its outcome.
    /// </summary>
    /// <param name="sandbox">Where.</param>
    /// <param name="name">Name of the installation within the sandbox.</param>
    /// <param name="packages">What; null for nothing.</param>
    /// <param name="permitted">What the policy permits.</param>
    /// <param name="place">Where to.</param>
    /// <param name="refused">Packages that were asked for and not served.</param>
    /// <param name="environment">Environment of the programs, with the way out.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Null when all is installed; otherwise what the installer said.</returns>
    public async Task<string?> Install(
        SandboxHandle sandbox,
        string name,
        RequestedPackages? packages,
        PolicyPackages permitted,
        PackagePlace place,
        RefusedPackages refused,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        if (packages is null)
            return null;
        packages = packages with { Python = PermittedRanges.Within(packages.Python, permitted.Python) };
        if (await Install(sandbox, name, packages, place, environment, cancellationToken) is not { } said)
            return null;
        return refused.ToString() is { Length: > 0 } which ? $"{said}{which}\n" : said;
    }

    /// <summary>The Python of a template on this node, by its key.</summary>
    public string PythonOf(string template) =>
        templates.Find(template)?.Interpreters?.GetValueOrDefault("python") ?? languages.Value.Languages["python"].Kernel[0];

    private async Task<string?> Install(
        SandboxHandle sandbox, string name, RequestedPackages packages, PackagePlace place, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var env = SandboxEnvironment.With(environment);
        foreach (var (setting, value) in Settings)
            env.TryAdd(setting, value);
        if (packages.Python.Count > 0
            && await Run(sandbox, $"{name}-python", [PythonOf(sandbox.Spec.Template), "-m", "pip", "install", "--quiet", "--no-warn-script-location", .. place.Python, .. packages.Python], env, cancellationToken) is { } python)
            return python;
        if (packages.Node.Count > 0
            && await Run(sandbox, $"{name}-node", ["npm", "install", "--no-package-lock", "--loglevel=error", .. place.Node, .. packages.Node], env, cancellationToken) is { } node)
            return node;
        return null;
    }

    private async Task<string?> Run(SandboxHandle sandbox, string id, IReadOnlyList<string> argv, IReadOnlyDictionary<string, string> env, CancellationToken cancellationToken)
    {
        var start = new ExecStart(null, argv, env, SandboxEnvironment.Workspace, new ExecLimits(options.Value.MaxSeconds, MaxOutputBytes), KillAllOnExit: false);
        await using var exec = await sandbox.Agent.Exec(new ExecRequest(id, 0, start), default, default, cancellationToken);
        using var said = new MemoryStream();
        // Nothing is acknowledged: the agent shall know it for as long as the sandbox lives.
        await foreach (var piece in exec.Output(cancellationToken))
            said.Write(piece.Data.Span);
        var result = await exec.Result.WaitAsync(cancellationToken);
        return result is { EndedBy: ExecEnd.Program, ExitCode: 0 } ? null : $"{Tail(said)}\nInstalling packages failed: {Reason(argv[0], result)}.\n";
    }

    private static string Reason(string program, ExecResult result) => result.StartError is not null ? $"there is no {program} in the template"
        : result.EndedBy == ExecEnd.Program && result.ExitCode is { } code ? $"{program} ended with exit code {code}"
        : $"{program} was ended ({result.EndedBy})";

    private static string Tail(MemoryStream said)
    {
        var bytes = said.ToArray();
        return Encoding.UTF8.GetString(bytes.AsSpan(Math.Max(0, bytes.Length - MaxToldBytes))).TrimEnd();
    }
}
