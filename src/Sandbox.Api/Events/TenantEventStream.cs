using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;

namespace Sandbox.Api.Events;

/// <summary>
/// A tenant's events as they come. They are read from the record page by page, each after the one before has been written: a slow reader
/// holds its own request only. Comments that keep the connection open also say how far the record has been read, in an id without an
/// event, so that whoever filters resumes from there; the head of the answer says where it begins.
/// </summary>
internal sealed class TenantEventStream(IAuditFeed feed, EventStreams streams, string tenant, LifecycleFilter filter, long after) : IResult
{
    private const int PageSize = 200;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // What other processes write is not told here.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private long _after = after;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var place = streams.Enter(tenant);
        if (place is null)
        {
            await ProblemResult.RateLimited($"The tenant has {EventStreams.MostOfTenant} streams of events open.", 1).ExecuteAsync(httpContext);
            return;
        }

        ServerSentEvents.Begin(httpContext);
        httpContext.Response.Headers["Last-Event-ID"] = _after.ToString(CultureInfo.InvariantCulture);
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
            // The stream ends, and the client resumes where it was.
        }
    }

    private async Task Run(HttpContext context, CancellationToken cancellationToken)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        var output = context.Response.BodyWriter;
        var quietSince = time.GetTimestamp();
        WritePlace(output);
        while (true)
        {
            // Taken before reading, so that nothing that comes in between is missed.
            var appended = feed.Appended(tenant);
            var run = await feed.Read(tenant, _after, filter.Actions, PageSize, cancellationToken);
            foreach (var entry in run.Items)
                Write(output, entry);
            _after = run.Last;
            if (output.UnflushedBytes == 0 && time.GetElapsedTime(quietSince) >= Heartbeat)
                WritePlace(output);
            if (output.UnflushedBytes > 0)
            {
                await output.FlushAsync(cancellationToken);
                quietSince = time.GetTimestamp();
            }

            if (!run.HasMore)
                await Task.WhenAny(appended, Task.Delay(Poll, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static void Write(PipeWriter output, AuditEntry entry)
    {
        if (LifecycleEvent.Of(entry) is not { } item)
            return;
        Text(output, string.Create(CultureInfo.InvariantCulture, $"id: {item.Id}\nevent: {item.Type}\ndata: "));
        output.Write(item.Json.Span);
        output.Write("\n\n"u8);
    }

    private void WritePlace(PipeWriter output) => Text(output, string.Create(CultureInfo.InvariantCulture, $": here\nid: {_after}\n\n"));

    private static void Text(PipeWriter output, string text) => Encoding.UTF8.GetBytes(text, output);
}
