using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Ends of steps that came with the end of their session.</summary>
internal static class StepEnds
{
    /// <summary>The cause that a step has when its session ends before it.</summary>
    /// <param name="sessionCause">One of <see cref="SessionEndCauses"/>.</param>
    public static string CauseOf(string? sessionCause) => sessionCause switch
    {
        SessionEndCauses.SandboxLost => JobCauses.NodeLost,
        SessionEndCauses.OutOfMemory => JobCauses.OutOfMemory,
        _ => StepCauses.SessionEnded,
    };

    /// <summary>
    /// The step as it stands. Between the session's end and that of its steps these are open in the store, and stay so when the
    /// process dies there: nothing will happen to them.
    /// </summary>
    public static StepRecord Settled(this StepRecord step, SessionState session) => step.Ended || !session.Ended ? step : step with
    {
        Status = StepStatus.Failed,
        Cause = CauseOf(session.Cause),
        KernelEnded = true,
        FinishedAt = session.EndedAt,
        OutputStored = true,
        Spec = null,
    };
}
