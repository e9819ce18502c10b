using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions.Steps;

namespace Sandbox.Grains.Sessions.Commands;

/// <summary>A background command, running or not, for those who read it.</summary>
internal sealed class CommandHandle(SessionServices services, StepRecord record, StepRun? run)
{
    // Of a call to the grain that starts one: an agent that does not answer is not waited for longer.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);

    private readonly CommandOutputReader _output = new(services.Outputs, record, run);

    /// <summary>The run, where it has not ended.</summary>
    public StepRun? Run => run;

    public StepRecord Record => run?.Record ?? record;

    /// <summary>The command that a step is.</summary>
    public static CommandHandle Of(SessionServices services, StepHandle step) => new(services, step.Record, step.Run);

    /// <summary>The command once the agent has it; durable.</summary>
    public async Task<CommandView> Started(CancellationToken cancellationToken)
    {
        if (run is not null)
        {
            await BoundedWait.For(run.HandedOver, LongestStart, services.Time, cancellationToken);
            await run.MakeDurable(cancellationToken);
        }

        return Now();
    }

    /// <summary>The command after waiting for its end.</summary>
    public async Task<CommandView> View(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (run is not null)
            await BoundedWait.For(run.Finished, wait, services.Time, cancellationToken);
        return Now();
    }

    /// <summary>Events after an id, waiting for the first.</summary>
    public Task<OutputEventPage> Events(long after, TimeSpan wait, CancellationToken cancellationToken) => Poll(
        now => _output.Events(now, after, cancellationToken), static page => page.Events.Count > 0 || page.Ended, wait, cancellationToken);

    /// <summary>Output from an offset on, waiting for the first byte.</summary>
    public Task<CommandOutput> Output(string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken) => Poll(
        now => _output.Read(now, stream, from, limit, cancellationToken), static part => part.Data.Length > 0 || part.Ended, wait, cancellationToken);

    private CommandView Now() => ToView(Durable(), run);

    /// <summary>The form that callers see.</summary>
    public static CommandView ToView(StepRecord record, StepRun? run)
    {
        var background = record.Background!;
        var totals = record.Ended || run is null ? new OutputTotals(background.StdoutBytes, background.StderrBytes) : run.Output.Totals;
        return new CommandView(
            record.SessionId,
            record.Sequence,
            background.Command,
            background.Cwd,
            background.Terminal?.Name,
            background.KeepStdinOpen || background.Terminal is not null,
            record.Status,
            record.Cause,
            record.ExitCode,
            record.Signal,
            totals.Stdout,
            totals.Stderr,
            record.AgentId,
            record.CreatedAt,
            record.StartedAt,
            record.FinishedAt);
    }

    private async Task<T> Poll<T>(Func<StepRecord, Task<T>> read, Func<T, bool> isEnough, TimeSpan wait, CancellationToken cancellationToken)
    {
        var began = services.Time.GetTimestamp();
        while (true)
        {
            // Taken before reading, so that nothing that comes in between is missed.
            var changed = run is null ? Task.CompletedTask : Task.WhenAny(run.Output.Changed, run.Finished);
            var part = await read(Durable());
            var left = wait - services.Time.GetElapsedTime(began);
            if (run is null || isEnough(part) || left <= TimeSpan.Zero)
                return part;
            await BoundedWait.For(changed, left, services.Time, cancellationToken);
        }
    }

    // The end is told when it is durable, and not before.
    private StepRecord Durable()
    {
        if (run is null)
            return record;
        var now = run.Record;
        return now.Ended && !run.Finished.IsCompletedSuccessfully ? now with { Status = StepStatus.Running, FinishedAt = null } : now;
    }
}
