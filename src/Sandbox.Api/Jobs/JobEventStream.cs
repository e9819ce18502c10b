using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Jobs;

/// <summary>
/// The events of a job as they come, until its end. A slow reader holds its own request only: nothing is read from
/// the grain before what was read has been written.
/// </summary>
internal sealed class JobEventStream(IJobGrain grain, JobEventPage first, long after) : IResult
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            await Run(httpContext, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The client left, or the server stops: the client resumes where it was.
        }
        catch (Exception fault) when (FaultHandler.IsTransient(fault))
        {
            // The stream ends without its end event, and the client resumes where it was.
        }
    }

    private async Task Run(HttpContext context, CancellationToken cancellationToken)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        var output = context.Response.BodyWriter;
        using var writer = new JobEventWriter(output);
        var (page, last) = (first, after);
        await output.FlushAsync(cancellationToken);
        var quietSince = time.GetTimestamp();
        while (true)
        {
            foreach (var item in page.Events)
            {
                writer.Write(item);
                last = item.Id;
                if (output.UnflushedBytes >= FlushBytes)
                    await output.FlushAsync(cancellationToken);
            }
            if (page.Events.Count == 0 && time.GetElapsedTime(quietSince) >= Heartbeat)
                writer.WriteHeartbeat();
            if (output.UnflushedBytes > 0)
            {
                await output.FlushAsync(cancellationToken);
                quietSince = time.GetTimestamp();
            }
            if (page.Ended)
                return;
            var reply = await grain.ReadEvents(context.Caller, last, NextWait(time.GetElapsedTime(quietSince)), cancellationToken);
            // A job removed meanwhile has no more events.
            if (reply.Value is not { } next)
                return;
            page = next;
        }
    }

    private static TimeSpan NextWait(TimeSpan quiet)
    {
        var untilHeartbeat = Heartbeat - quiet;
        if (untilHeartbeat <= TimeSpan.Zero)
            return TimeSpan.Zero;
        return untilHeartbeat < JobWaiting.Round ? untilHeartbeat : JobWaiting.Round;
    }
}
