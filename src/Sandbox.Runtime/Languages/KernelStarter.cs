using Microsoft.Extensions.Options;
using Sandbox.Protocol;

namespace Sandbox.Runtime.Languages;

/// <summary>Starts the kernel of a language in a sandbox.</summary>
public sealed class KernelStarter(IOptions<LanguageOptions> options)
{
    /// <summary>Name, within a sandbox, of the kernel that waits for a job's code.</summary>
    public const string KernelId = "main";

    /// <summary>Starts it and completes when it waits for code.</summary>
    public Task Start(SandboxHandle sandbox, string language, CancellationToken cancellationToken) =>
        Start(sandbox, language, KernelId, cancellationToken);

    /// <summary>Starts one under a name of its own; one that has that name already is left as it is.</summary>
    public Task Start(SandboxHandle sandbox, string language, string id, CancellationToken cancellationToken)
    {
        var definition = options.Value.Languages[language];
        var request = new StartKernelRequest(id, definition.Kernel, SandboxEnvironment.With(definition.Env), SandboxEnvironment.Workspace);
        return sandbox.Agent.StartKernel(request, cancellationToken);
    }
}
