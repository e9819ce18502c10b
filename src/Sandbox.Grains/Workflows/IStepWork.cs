using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>What an attempt of a step runs: a job, or a step in a session. Submitting it twice is submitting it once.</summary>
internal interface IStepWork
{
    /// <summary>Submits it, and waits for its end or ends it.</summary>
    /// <param name="input">The step, with its values.</param>
    /// <param name="ends">What may end it before.</param>
    Task<StepOutcome> Run(StepFilling input, AttemptEnds ends);

    /// <summary>Ends it, if it was ever submitted.</summary>
    Task<StepOutcome> End(AttemptEnds ends);
}

/// <summary>Refusals that pass by themselves.</summary>
internal static class PassingRefusals
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>When to try again; null where that would change nothing.</summary>
    public static TimeSpan? WaitOf(Refusal refusal) => refusal.Code switch
    {
        RefusalCodes.QuotaExceeded or RefusalCodes.QueueFull or RefusalCodes.NodeDraining or RefusalCodes.SandboxStartFailed or RefusalCodes.SandboxUnreachable =>
            refusal.RetryAfter is { } after && after < Longest ? after : Longest,
        _ => null,
    };
}
