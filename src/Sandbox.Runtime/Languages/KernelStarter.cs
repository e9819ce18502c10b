using Microsoft.Extensions.Options;
using Sandbox.Protocol;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Languages;

/// <summary>Starts the kernel of a language in a sandbox, with the interpreter, the environment and the preloads of its template.</summary>
public sealed class KernelStarter(IOptions<LanguageOptions> options, TemplateRegistry templates)
{
    /// <summary>Name, within a sandbox, of the kernel that waits for a job's code.</summary>
    public const string KernelId = "main";

    // A kernel takes it out of its environment before anything else.
    private const string Preload = "SANDBOX_PRELOAD";

    /// <summary>Starts it and completes when it waits for code.</summary>
    public Task Start(SandboxHandle sandbox, string language, CancellationToken cancellationToken) =>
        Start(sandbox, language, KernelId, cancellationToken);

    /// <summary>Starts one under a name of its own; one that has that name already is left as it is.</summary>
    public Task Start(SandboxHandle sandbox, string language, string id, CancellationToken cancellationToken)
    {
        var definition = options.Value.Languages[language];
        var template = templates.Find(sandbox.Spec.Template) ?? throw new SandboxStartException($"There is no template {sandbox.Spec.Template}.");
        var env = SandboxEnvironment.With(template.EnvironmentWith(definition.Env));
        if (template.PreloadsOf(language) is { Count: > 0 } modules)
            env[Preload] = string.Join(',', modules);
        var request = new StartKernelRequest(id, Program(definition, template, language), env, SandboxEnvironment.Workspace);
        return sandbox.Agent.StartKernel(request, cancellationToken);
    }

    /// <summary>The interpreter of a language in a template.</summary>
    /// <exception cref="SandboxStartException">The template has none, or is none.</exception>
    public string InterpreterOf(string template, string language) => Program(
        options.Value.Languages[language],
        templates.Find(template) ?? throw new SandboxStartException($"There is no template {template}."),
        language)[0];

    private static IReadOnlyList<string> Program(Language definition, SandboxTemplate template, string language)
    {
        if (template.Interpreters is not { } interpreters)
            return definition.Kernel;
        return interpreters.TryGetValue(language, out var interpreter)
            ? [interpreter, .. definition.Kernel.Skip(1)]
            : throw new SandboxStartException($"The template {template.Key} has no {language}.");
    }
}
