using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;

namespace Sandbox.Grains.Tests.Jobs;

/// <summary>States and events to test with.</summary>
internal static class JobStates
{
    public const string Box = "sbx_00000000000000000000";

    public static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly JobId Id = JobId.FromIdempotencyKey("t", "k");

    public static JobSpec Spec(int maxAttempts = 1) => new(
        "python", "print(1)", null, [], new Dictionary<string, string>(), null, [], null, IsolationClasses.Standard,
        new JobLimits(1, 64 << 20, 16 << 20, 16, 60, 1 << 20), [], new Dictionary<string, string> { ["k"] = "v" }, maxAttempts);

    public static JobState Queued(int maxAttempts = 1) =>
        JobState.Submit(Id, "tenant", "agent", Spec(maxAttempts), "fingerprint", new JobDecision("default", 0, true), "node", Now);

    public static JobState Running(int maxAttempts = 1) => Queued(maxAttempts).Start(Box, Now.AddSeconds(1));

    public static JobOutcome Outcome(JobStatus status, string? cause = null) => new() { Status = status, Cause = cause };

    public static JobEvent Piece(int attempt, long sequence, string text, string kind = JobEventKinds.Stdout) =>
        new(JobEventIds.Output(attempt, sequence), kind, Encoding.UTF8.GetBytes(text));
}
