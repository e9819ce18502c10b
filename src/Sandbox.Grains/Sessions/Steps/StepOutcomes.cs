using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;
using Sandbox.Protocol;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>The record of a step that has ended, from how it ended.</summary>
internal sealed class StepOutcomes(SessionContext session, LiveOutput output)
{
    /// <summary>It ended otherwise than by its code.</summary>
    public StepRecord Of(StepRecord step, StepStatus status, string? cause) => step with
    {
        Status = status,
        Cause = cause,
        FinishedAt = session.Time.GetUtcNow(),
        Spec = null,
        Tail = output.Unstored(),
        OutputStored = output.AnyStored || !output.IsWhole,
    };

    /// <summary>Its sandbox is gone.</summary>
    public StepRecord OfLoss(StepRecord step) =>
        Of(step, StepStatus.Failed, OutcomeClassifier.ClassifyLost(session.Usage(), null).Cause) with { KernelEnded = true };

    /// <summary>Its code ended.</summary>
    public StepRecord Of(StepRecord step, ExecResult result, bool interrupted)
    {
        // A command that a caller's signal killed ended as by any other signal.
        if (step.Background is not null && result.EndedBy == ExecEnd.Killed)
            result = result with { EndedBy = ExecEnd.Program };
        // A failed child of the code is the code's to handle: only what ended the code itself is told as its cause.
        var killed = result.KernelEnded || result.Signal is not null;
        var outcome = OutcomeClassifier.Classify(result, killed ? session.TakeKills() : 0, processLimitReached: false);
        var status = outcome.Status switch
        {
            JobStatus.Succeeded => StepStatus.Succeeded,
            JobStatus.TimedOut => StepStatus.TimedOut,
            _ => interrupted ? StepStatus.Interrupted : StepStatus.Failed,
        };
        if (result.KernelEnded && step is { Language: { } language })
            session.Kernels.Replace(session.Kernels.Current(step.Context, language));
        return Of(step, status, status == StepStatus.Interrupted ? null : outcome.Cause) with
        {
            ExitCode = outcome.ExitCode,
            Signal = outcome.Signal,
            StdoutTruncated = outcome.StdoutTruncated,
            StderrTruncated = outcome.StderrTruncated,
            KernelEnded = result.KernelEnded,
        };
    }
}
