using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Testing.Storage;

/// <summary>State with a row in the query tables.</summary>
public sealed class JobTestState : IJobIndexed
{
    public JobId Id { get; set; }

    public string TenantId { get; set; } = string.Empty;

    public string Node { get; set; } = "node-1";

    public string? SandboxId { get; set; }

    public JobView View { get; set; } = null!;

    public JobRow ToRow() => new(Id, TenantId, View, SandboxId, Node);
}

/// <summary>Makes jobs for tests.</summary>
public static class JobTestStates
{
    /// <summary>A point in time that tests count from.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static JobTestState Queued(string tenantId, DateTimeOffset createdAt, params (string Key, string Value)[] metadata)
    {
        var id = JobId.New();
        var view = new JobView(
            id.ToString(), JobStatus.Queued, Cause: null, ExitCode: null, Signal: null, Stdout: "out", Stderr: "err",
            StdoutTruncated: false, StderrTruncated: false, Result: null, Artifacts: [], SkippedArtifacts: [],
            new JobUsage(0, 0, 0, 0), new PolicyDecision("default", 1, Allowed: true),
            new ResourceLimits(1, 256 << 20, 64 << 20, 64, 30, 1 << 20), Attempts: 0, AgentId: "agent",
            metadata.ToDictionary(label => label.Key, label => label.Value), createdAt, StartedAt: null, FinishedAt: null,
            "python", IsolationClasses.Standard, Node: null);
        return new JobTestState { Id = id, TenantId = tenantId, View = view };
    }

    public static JobTestState With(this JobTestState state, JobStatus status, DateTimeOffset? finishedAt = null)
    {
        state.View = state.View with { Status = status, FinishedAt = finishedAt };
        return state;
    }

    public static GrainId GrainId(this JobTestState state) => GrainId(state.Id);

    public static GrainId GrainId(JobId job) => Orleans.Runtime.GrainId.Create("job", job.ToString());

    public static StateHolder<JobTestState> Holder(this JobTestState state) => new(state);

    /// <summary>A tenant that no other test uses.</summary>
    public static string NewTenant() => $"tenant-{Guid.NewGuid():N}";
}
