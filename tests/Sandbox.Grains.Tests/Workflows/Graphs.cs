using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Tests.Workflows;

/// <summary>Small graphs.</summary>
internal static class Graphs
{
    /// <summary>A job that prints.</summary>
    public static JobSpec Job { get; } = new(
        "python", "print(1)", null, [], new Dictionary<string, string>(), null, [], null, IsolationClasses.Standard,
        new ResourceLimits(1, 64 << 20, 64 << 20, 128, 60, 1 << 20), [], new Dictionary<string, string>(), 1);

    /// <summary>A step whose code is its id.</summary>
    public static WorkflowStepSpec Step(string id, params string[] dependsOn) => new(id, dependsOn, null, Job with { Code = id }, null);

    /// <summary>A workflow of steps.</summary>
    public static WorkflowSpec Graph(params WorkflowStepSpec[] steps) =>
        new(null, steps, [], new Dictionary<string, string>(), 3600, FailureModes.Stop, 1000, new Dictionary<string, string>());
}
