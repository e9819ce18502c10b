using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Sessions;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Services;

/// <summary>The route <c>/v1/services/{id}/logs</c>: bytes from an offset on, or, where the client accepts them, events as they come.</summary>
internal static class ServiceLogEndpoints
{
    public const string AttemptHeader = "Output-Attempt";

    private const string Both = "both";
    private const string EventsType = "text/event-stream";

    public static void MapServiceLogs(this RouteGroupBuilder services) => services.MapGet("/{id}/logs", Read).DescribeServiceLogs();

    private static async Task<Results<FileContentHttpResult, EventStream, ProblemResult>> Read(
        string id, HttpContext context, IGrainFactory grains, LongPoll waiting)
    {
        if (context.Request.Headers.Accept.ToString().Contains(EventsType, StringComparison.OrdinalIgnoreCase))
            return await Follow(id, context, grains);
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var attempt = query.Integer("attempt", 1, int.MaxValue, 0);
        var stream = query.Single("stream") ?? Both;
        var from = query.Integer("from", 0, long.MaxValue, 0L);
        var limit = query.Integer("limit", 1, ISessionCommandsGrain.LargestOutput, ISessionCommandsGrain.LargestOutput);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (stream is not (Both or OutputEventKinds.Stdout or OutputEventKinds.Stderr))
            errors.Add("stream", "Must be stdout, stderr or both.");
        if (errors.Any)
            return ProblemResult.From(errors);
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var (caller, kind) = (context.Caller, stream == Both ? null : stream);
        var reply = await waiting.ForEnd(
            (round, cancellationToken) => grain.ReadLog(caller, attempt, kind, from, limit, round, cancellationToken),
            static part => part.Output.Data.Length > 0 || part.Output.Ended,
            wait,
            context.RequestAborted);
        if (reply.Value is not { } log)
            return ProblemResult.From(reply.Refusal!);
        CommandOutputHeaders.Write(context.Response.Headers, log.Output);
        context.Response.Headers[AttemptHeader] = log.Attempt.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Bytes(log.Output.Data, "application/octet-stream");
    }

    /// <summary>What all attempts print, as it comes.</summary>
    public static async Task<Results<FileContentHttpResult, EventStream, ProblemResult>> Follow(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var (name, text) = EventStream.ReadResumptionText(context.Request, errors);
        if (!ServiceLogSource.TryParse(text, out var attempt, out var after))
            EventStream.RefuseResumption(name, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        // Before the stream begins, a refusal can still be told as one.
        var first = await grain.ReadLogEvents(context.Caller, attempt, after, TimeSpan.Zero, context.RequestAborted);
        return first.Value is { } page ? new EventStream(new ServiceLogSource(grain, context.Caller, page, after)) : ProblemResult.From(first.Refusal!);
    }
}
