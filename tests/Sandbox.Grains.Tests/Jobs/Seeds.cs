using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Jobs;

/// <summary>What a process that was killed leaves in the storage.</summary>
internal static class Seeds
{
    /// <summary>A job that waited.</summary>
    public static void Queued(TestNode node, JobId id, JobSpec spec) => Write(node, id, spec, Submitted(node, id, spec));

    /// <summary>A job whose attempt had its sandbox.</summary>
    public static void Running(TestNode node, JobId id, JobSpec spec, SandboxId sandbox) =>
        Write(node, id, spec, Submitted(node, id, spec).Start(sandbox.ToString(), node.Time.GetUtcNow()));

    private static JobState Submitted(TestNode node, JobId id, JobSpec spec) => JobState.Submit(
        id, "tenant", "alice", spec, "fingerprint", new PolicyDecision("default", 0, true), TestNode.Name, node.Time.GetUtcNow());

    private static void Write(TestNode node, JobId id, JobSpec spec, JobState state)
    {
        node.States.Seed("job", id.ToString(), state);
        node.States.Seed("job-input", id.ToString(), new JobInput { Spec = spec });
    }
}
