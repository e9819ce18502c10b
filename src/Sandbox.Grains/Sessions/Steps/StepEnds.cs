using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Ends of steps that nobody could write.</summary>
internal static class StepEnds
{
    /// <summary>
    /// The step as it stands. A process that died between the session's end and that of its steps left them open: nothing
    /// will happen to them.
    /// </summary>
    public static StepRecord Settled(this StepRecord step, SessionState session) => step.Ended || !session.Ended ? step : step with
    {
        Status = StepStatus.Failed,
        Cause = StepCauses.SessionEnded,
        KernelEnded = true,
        FinishedAt = session.EndedAt,
        OutputStored = true,
        Spec = null,
    };
}
