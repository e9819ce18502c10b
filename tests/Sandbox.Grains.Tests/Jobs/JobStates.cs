using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Tests.Jobs;

/// <summary>States and events to test with.</summary>
internal static class JobStates
{
    public const string Box = "sbx_00000000000000000000";

    public static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly JobId Id = JobId.FromIdempotencyKey("t", "k");

    public static JobSpec Spec(int maxAttempts = 1) => new(
        "python", "print(1)", null, [], new Dictionary<string, string>(), null, [], null, IsolationClasses.Standard,
        new ResourceLimits(1, 64 << 20, 16 << 20, 16, 60, 1 << 20), [], new Dictionary<string, string> { ["k"] = "v" }, maxAttempts);

    public static JobState Queued(int maxAttempts = 1) =>
        JobState.Submit(Id, "tenant", "agent", Spec(maxAttempts), "fingerprint", new PolicyDecision("default", 0, true), "node", Now);

    public static JobState Running(int maxAttempts = 1) => Queued(maxAttempts).Start(Box, Now.AddSeconds(1));

    public static JobOutcome Outcome(JobStatus status, string? cause = null) => new() { Status = status, Cause = cause };

    public static OutputEvent Piece(int attempt, long sequence, string text, string kind = OutputEventKinds.Stdout) =>
        new(OutputEventIds.Output(attempt, sequence), kind, Encoding.UTF8.GetBytes(text));
}
