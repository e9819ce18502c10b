using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>A step, running or not, for those who read it.</summary>
internal sealed class StepHandle(SessionServices services, StepRecord record, StepRun? run)
{
    public StepRecord Record => run?.Record ?? record;

    /// <summary>The run, where the step has not ended.</summary>
    public StepRun? Run => run;

    private SessionOutputs Outputs => new(services.Outputs);

    /// <summary>The step after waiting for its end; durable when it is answered.</summary>
    public async Task<StepView> View(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (run is null)
            return await StepReader.View(Outputs, record, null, services.Options.InlineOutputBytes, cancellationToken);
        // A key promises that a repeated request runs nothing again: that has to hold from now on.
        if (record.IdempotencyKey is not null)
            await run.MakeDurable(cancellationToken);
        await BoundedWait.For(run.Finished, wait, services.Time, cancellationToken);
        if (!run.Finished.IsCompleted)
            await run.MakeDurable(cancellationToken);
        else if (!run.Finished.IsCompletedSuccessfully)
            throw new TimeoutException("This process lets go of the step, and the next one goes on with it: nothing is acknowledged here.");
        var now = run.Finished.IsCompletedSuccessfully ? await run.Finished : run.Record;
        return await StepReader.View(Outputs, now, run, services.Options.InlineOutputBytes, cancellationToken);
    }

    /// <summary>Events after an id, waiting for the first.</summary>
    public async Task<OutputEventPage> Events(long after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var began = services.Time.GetTimestamp();
        while (true)
        {
            // Taken before reading, so that nothing that comes in between is missed.
            var changed = run is null ? Task.CompletedTask : Task.WhenAny(run.Output.Changed, run.Finished);
            var now = run is { Finished.IsCompletedSuccessfully: true } ? await run.Finished : run is null ? record : Running(run);
            var page = await StepReader.Events(Outputs, now, run, after, cancellationToken);
            var left = wait - services.Time.GetElapsedTime(began);
            if (page.Events.Count > 0 || page.Ended || left <= TimeSpan.Zero)
                return page;
            await BoundedWait.For(changed, left, services.Time, cancellationToken);
        }
    }

    // The end is told when it is durable, and not before.
    private static StepRecord Running(StepRun run) =>
        run.Record is { Ended: true } ended ? ended with { Status = StepStatus.Running, FinishedAt = null } : run.Record;
}
