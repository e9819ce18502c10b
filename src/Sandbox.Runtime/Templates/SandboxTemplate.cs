namespace Sandbox.Runtime.Templates;

/// <summary>What sandboxes of one template are made from.</summary>
/// <param name="Key">Name of the template on this node: the same for every sandbox and every shelf of the pool.</param>
/// <param name="Root">Digest of its root file system; null where it is that of the template <c>default</c>.</param>
/// <param name="Env">Environment of everything that runs in it, below what a job or session says.</param>
/// <param name="StartCommand">Program and arguments, run to their end before the sandbox is handed out; empty for none.</param>
/// <param name="Preloads">Modules that a kernel has imported before it waits for code, by language.</param>
/// <param name="Interpreters">Programs of the languages that it offers; null where they are those of <see cref="Languages.LanguageOptions"/>.</param>
/// <param name="IdleBytes">Memory that a ready sandbox of it was measured to use; 0 where it was not.</param>
/// <param name="Layer">Digest of the packages that are mounted beside its root; null where it has none.</param>
public sealed record SandboxTemplate(
    string Key,
    string? Root,
    IReadOnlyDictionary<string, string> Env,
    IReadOnlyList<string> StartCommand,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Preloads,
    IReadOnlyDictionary<string, string>? Interpreters,
    long IdleBytes = 0,
    string? Layer = null)
{
    /// <summary>Key of the template that every node has.</summary>
    public const string DefaultKey = HostTemplate.Name;

    /// <summary>The template that every node has: the host's own programs.</summary>
    public static SandboxTemplate Default { get; } = new(
        DefaultKey, null, new Dictionary<string, string>(), [], new Dictionary<string, IReadOnlyList<string>>(), null);

    /// <summary>Whether a language can be had in it.</summary>
    public bool Offers(string language) => Interpreters is null || Interpreters.ContainsKey(language);

    /// <summary>The modules to import ahead for a language.</summary>
    public IReadOnlyList<string> PreloadsOf(string language) => Preloads.GetValueOrDefault(language) ?? [];

    /// <summary>The template's environment with additions, which win.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentWith(IReadOnlyDictionary<string, string> additions)
    {
        if (Env.Count == 0)
            return additions;
        var env = new Dictionary<string, string>(Env, StringComparer.Ordinal);
        foreach (var (name, value) in additions)
            env[name] = value;
        return env;
    }
}
