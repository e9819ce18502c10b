using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Jobs;

/// <summary>What <c>sandbox run</c> was asked to do.</summary>
internal sealed record RunOrder(JobRequest Request, bool Json, bool Detach, ArtifactFolder? OutputFolder);

/// <summary>Runs one job as if it were a local program: its output, its exit code, and Ctrl-C ends it.</summary>
internal sealed class JobRunner(SandboxClient client, CliConsole console)
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
        catch (IOException)
        {
            // Its output cannot be kept, as on a full disk.
            await Cancel(id);
            throw;
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
        return await client.Jobs.SubmitAsync(order.Request, cancellationToken: grace.Token);
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
        var reply = await client.Jobs.WaitAsync(id, interrupted);
        var job = reply.Value;
        await JsonText.Write(console.Output, reply.Body);
        if (order.OutputFolder is not null)
            await new ArtifactDownloads(client.Artifacts, console).Save(job, order.OutputFolder, interrupted);
        return ExitCodes.Of(job);
    }

    private async Task<int> Stream(string id, RunOrder order, CancellationToken interrupted)
    {
        var end = await FollowOutput(id, interrupted);
        var notice = EndNotice.For(end, limits: null);
        if (notice is not null || order.OutputFolder is not null)
        {
            var job = (await client.Jobs.GetAsync(id, interrupted)).Value;
            if (notice is not null)
                console.Tell(EndNotice.For(end, job.Limits)!);
            if (order.OutputFolder is not null)
                await new ArtifactDownloads(client.Artifacts, console).Save(job, order.OutputFolder, interrupted);
        }

        return ExitCodes.Of(end);
    }

    private async Task<OutputEnd> FollowOutput(string id, CancellationToken interrupted)
    {
        var sink = new OutputSink(console);
        try
        {
            await foreach (var item in client.Jobs.FollowAsync(id, cancellationToken: interrupted))
            {
                if (item.End is { } end)
                    return end;
                await sink.Write(item, interrupted);
            }
        }
        catch (SandboxException e) when (e.Failure == SandboxFailure.ConnectionLost)
        {
            throw new CliException($"{e.Message} The job may go on; see it with `sandbox jobs logs {id}`.");
        }

        throw new CliException("the server ended the stream without telling how the job ended");
    }

    private async Task Cancel(string id)
    {
        using var limit = new CancellationTokenSource(s_cancelTimeout);
        try
        {
            await client.Jobs.CancelAsync(id, limit.Token);
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            console.Tell($"{id} could not be cancelled and may go on; cancel it with `sandbox jobs cancel {id}`");
        }
    }
}
