using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Protocol;

namespace Sandbox.Grains.Workflows.Memory;

/// <summary>
/// The memory of a workflow as programs in its sandboxes reach it: over the port of the way out, which leads to this process alone.
/// Which memory it is follows from the sandbox; nothing that a program sends or has decides that.
/// </summary>
internal sealed class MemoryGateway(IWorkflowMemory memory, IOptions<WorkflowOptions> options, ILogger<MemoryGateway> logger)
{
    /// <summary>Path of the memory.</summary>
    public const string Root = "/v1/memory";

    // Where the ready-made modules are, beside the agent.
    private const string Modules = "/opt/sandbox/memory";

    private static readonly string Address = $"http://127.0.0.1:{EgressProxy.Port}{Root}";

    /// <summary>An environment with which programs, and the ready-made modules of Python, JavaScript and bash, find it.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(IReadOnlyDictionary<string, string> environment)
    {
        var result = new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["SANDBOX_MEMORY_URL"] = Address };
        // What the caller has set is looked at first.
        foreach (var path in new[] { "PYTHONPATH", "NODE_PATH" })
            result[path] = result.TryGetValue(path, out var own) && own.Length > 0 ? $"{own}:{Modules}" : Modules;
        result.TryAdd("BASH_ENV", $"{Modules}/sandbox_memory.sh");
        return result;
    }

    /// <summary>The memory as one sandbox sees it, until that is disposed.</summary>
    /// <param name="owner">For whom the sandbox works.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="onRecord">A key as it may stand on the record.</param>
    public MemoryAccess Open(EgressOwner owner, WorkflowId workflow, Func<string, string> onRecord) =>
        new(owner, workflow, onRecord, memory, options.Value, logger);
}
