using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Jobs;

/// <summary>What <c>sandbox run</c> was asked to do.</summary>
internal sealed record RunOrder(JobRequest Request, bool Json, bool Detach, string? OutputFolder);

/// <summary>Runs one job as if it were a local program: its output, its exit code, and Ctrl-C ends it.</summary>
internal sealed class JobRunner(JobCalls jobs, CliConsole console)
{
    private static readonly TimeSpan s_cancelTimeout = TimeSpan.FromSeconds(5);

    public async Task<int> Run(RunOrder order, CancellationToken interrupted)
    {
        var submitted = await Submit(order, interrupted);
        if (order.Detach)
            return await ShowSubmitted(submitted, order.Json);

        var id = submitted.Value.Id;
        try
        {
            interrupted.ThrowIfCancellationRequested();
            return order.Json ? await Wait(id, order, interrupted) : await Stream(id, order, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await Cancel(id);
            return ExitCodes.Interrupted;
        }
        catch (BrokenPipeException)
        {
            await Cancel(id);
            return ExitCodes.BrokenPipe;
        }
    }

    /// <summary>
    /// A submission under way is not broken off by Ctrl-C at once: the job might exist by then, and nobody would
    /// know its id to cancel it.
    /// </summary>
    private async Task<Reply<Job>> Submit(RunOrder order, CancellationToken interrupted)
    {
        using var grace = new CancellationTokenSource();
        await using var registration = interrupted.Register(() => grace.CancelAfter(s_cancelTimeout));
        return await jobs.Submit(order.Request, grace.Token);
    }

    private async Task<int> ShowSubmitted(Reply<Job> submitted, bool json)
    {
        if (json)
            await JsonText.Write(console.Output, submitted.Body);
        else
            console.Text.WriteLine(submitted.Value.Id);
        return 0;
    }

    private async Task<int> Wait(string id, RunOrder order, CancellationToken interrupted)
    {
        var reply = await jobs.WaitForEnd(id, interrupted);
        var job = reply.Value;
        await JsonText.Write(console.Output, reply.Body);
        if (order.OutputFolder is not null)
            await new ArtifactDownloads(jobs, console).Save(job, order.OutputFolder, interrupted);
        return ExitCodes.Of(new EndData(job.Status, job.Cause, job.ExitCode, job.Signal));
    }

    private async Task<int> Stream(string id, RunOrder order, CancellationToken interrupted)
    {
        var end = await FollowOutput(id, interrupted);
        var notice = EndNotice.For(end, limits: null);
        if (notice is not null || order.OutputFolder is not null)
        {
            var job = (await jobs.Get(id, interrupted)).Value;
            if (notice is not null)
                console.Tell(EndNotice.For(end, job.Limits)!);
            if (order.OutputFolder is not null)
                await new ArtifactDownloads(jobs, console).Save(job, order.OutputFolder, interrupted);
        }

        return ExitCodes.Of(end);
    }

    private async Task<EndData> FollowOutput(string id, CancellationToken interrupted)
    {
        var sink = new OutputSink(console);
        await foreach (var item in jobs.Events(id, console.Time).Read(interrupted))
        {
            if (item.Kind == "end")
                return JsonSerializer.Deserialize(item.Data, Wire.Default.EndData) ?? throw new JsonException();
            await sink.Write(item, interrupted);
        }

        throw new CliException("the server ended the stream without telling how the job ended");
    }

    private async Task Cancel(string id)
    {
        using var limit = new CancellationTokenSource(s_cancelTimeout);
        try
        {
            await jobs.Cancel(id, limit.Token);
        }
        catch (Exception e) when (e is CliException or OperationCanceledException)
        {
            console.Tell($"{id} could not be cancelled and may go on; cancel it with `sandbox jobs cancel {id}`");
        }
    }
}
