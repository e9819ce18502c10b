using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Workflows;

/// <summary>How a workflow is to be run.</summary>
/// <param name="Request">The workflow as JSON.</param>
/// <param name="Watch">Whether the graph is drawn.</param>
/// <param name="Detach">Whether it is left to itself.</param>
/// <param name="Json">Whether its end is told as JSON, and nothing before.</param>
internal sealed record WorkflowOrder(byte[] Request, bool Watch, bool Detach, bool Json);

/// <summary>Runs a workflow to its end: shows its progress, exits by its outcome, and Ctrl-C cancels it.</summary>
internal sealed class WorkflowRunner(WorkflowsClient workflows, CliConsole console)
{
    /// <summary>A workflow of which a step did not succeed.</summary>
    public const int Failed = 1;

    private static readonly TimeSpan s_cancelTimeout = TimeSpan.FromSeconds(5);

    public async Task<int> Run(WorkflowOrder order, CancellationToken interrupted)
    {
        var submitted = await Submit(order, interrupted);
        var id = submitted.Value.Id;
        if (order.Detach)
        {
            await (order.Json ? JsonText.Write(console.Output, submitted.Body) : console.Text.WriteLineAsync(id));
            return 0;
        }

        try
        {
            interrupted.ThrowIfCancellationRequested();
            if (!order.Json)
                await Follow(submitted.Value, order.Watch, interrupted);
            return await Tell(await workflows.WaitAsync(id, interrupted), order.Json);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await Cancel(id);
            return ExitCodes.Interrupted;
        }
    }

    // Not broken off by Ctrl-C at once: it might exist by then, and nobody would know its id to cancel it.
    private async Task<Reply<Workflow>> Submit(WorkflowOrder order, CancellationToken interrupted)
    {
        using var grace = new CancellationTokenSource();
        await using var registration = interrupted.Register(() => grace.CancelAfter(s_cancelTimeout));
        return await workflows.SubmitJsonAsync(order.Request, cancellationToken: grace.Token);
    }

    private async Task Follow(Workflow workflow, bool watch, CancellationToken interrupted)
    {
        console.ErrorText.WriteLine(console.ErrorStyle.Faint($"{workflow.Id} {Printable.Line(workflow.Name ?? string.Empty)}".TrimEnd()));
        var screen = new GraphScreen(console, workflow.Steps ?? [], watch);
        try
        {
            await foreach (var item in workflows.FollowAsync(workflow.Id, cancellationToken: interrupted))
            {
                if (item.Change is { } change)
                    screen.Show(change);
            }
        }
        catch (SandboxException e) when (e.Failure == SandboxFailure.ConnectionLost)
        {
            throw new CliException($"{e.Message} The workflow may go on; see it with `sandbox workflow show {workflow.Id}`.");
        }
    }

    private async Task<int> Tell(Reply<Workflow> ended, bool json)
    {
        var workflow = ended.Value;
        if (json)
            await JsonText.Write(console.Output, ended.Body);
        else
            console.Text.WriteLine($"{workflow.Id} {console.TextStyle.Status(workflow.Status)}");
        if (!json)
        {
            foreach (var step in (workflow.Steps ?? []).Where(step => step.Status is "failed" or "timed_out" && step.JobId is not null))
                console.ErrorText.WriteLine(console.ErrorStyle.Faint($"See why {Printable.Line(step.Id)} {step.Status}: sandbox jobs logs {step.JobId}"));
        }

        return workflow.Status switch
        {
            "succeeded" => 0,
            "timed_out" => ExitCodes.TimedOut,
            "cancelled" => ExitCodes.Interrupted,
            _ => Failed,
        };
    }

    private async Task Cancel(string id)
    {
        using var limit = new CancellationTokenSource(s_cancelTimeout);
        try
        {
            await workflows.CancelAsync(id, limit.Token);
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            console.Tell($"{id} could not be cancelled and may go on; cancel it with `sandbox workflow cancel {id}`");
        }
    }
}
