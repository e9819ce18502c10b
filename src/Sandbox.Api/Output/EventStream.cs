using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Output;

/// <summary>
/// The events of a job or step as they come, until its end. A slow reader holds its own request only: nothing is read from
/// the grain before what was read has been written.
/// </summary>
internal sealed class EventStream(EventStream.Reader read, OutputEventPage first, long after) : IResult
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private const int FlushBytes = 64 * 1024;

    /// <summary>Reads events above an id, waiting for the first.</summary>
    public delegate Task<Reply<OutputEventPage>> Reader(long after, TimeSpan wait, CancellationToken cancellationToken);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ServerSentEvents.Begin(httpContext);
        using var either = ServerSentEvents.Lifetime(httpContext);
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
        using var writer = new OutputEventWriter(output);
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
            var reply = await read(last, NextWait(time.GetElapsedTime(quietSince)), cancellationToken);
            // What was removed meanwhile has no more events.
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
        return untilHeartbeat < LongPoll.Round ? untilHeartbeat : LongPoll.Round;
    }

    /// <summary>Where a stream goes on. The header wins: a browser that reconnects repeats the address and adds the header.</summary>
    public static long ReadResumption(HttpRequest request, RequestErrors errors)
    {
        var query = new RequestQuery(request.Query, errors);
        var from = query.Single("from");
        query.RefuseUnknown();
        var header = request.Headers["Last-Event-ID"];
        var (name, text) = header.Count > 0 ? ("Last-Event-ID", header.ToString()) : ("from", from ?? "0");
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
            return after;
        errors.Add(name, "Must be the id of an event.");
        return 0;
    }
}
