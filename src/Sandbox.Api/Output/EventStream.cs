using System.Globalization;
using Sandbox.Api.Http;

namespace Sandbox.Api.Output;

/// <summary>
/// Events as they come, until their end. A slow reader holds its own request only: nothing is read from the grain before
/// what was read has been written.
/// </summary>
internal sealed class EventStream(IEventSource source) : IResult
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private const int FlushBytes = 64 * 1024;

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
        await output.FlushAsync(cancellationToken);
        var quietSince = time.GetTimestamp();
        while (await source.Read(NextWait(time.GetElapsedTime(quietSince)), cancellationToken) is var (events, ended))
        {
            foreach (var item in events)
            {
                writer.Write(item);
                if (output.UnflushedBytes >= FlushBytes)
                    await output.FlushAsync(cancellationToken);
            }
            if (events.Count == 0 && time.GetElapsedTime(quietSince) >= Heartbeat)
                writer.WriteHeartbeat();
            if (output.UnflushedBytes > 0)
            {
                await output.FlushAsync(cancellationToken);
                quietSince = time.GetTimestamp();
            }
            if (ended)
                return;
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
        var (name, text) = ReadResumptionText(request, errors);
        if (text is null)
            return 0;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
            return after;
        RefuseResumption(name, errors);
        return 0;
    }

    /// <summary>The id of the event after which a stream goes on, and where the request says it; null for the beginning.</summary>
    public static (string Name, string? Text) ReadResumptionText(HttpRequest request, RequestErrors errors)
    {
        var query = new RequestQuery(request.Query, errors);
        var from = query.Single("from");
        query.RefuseUnknown();
        var header = request.Headers["Last-Event-ID"];
        return header.Count > 0 ? ("Last-Event-ID", header.ToString()) : ("from", from);
    }

    public static void RefuseResumption(string name, RequestErrors errors) => errors.Add(name, "Must be the id of an event.");
}
