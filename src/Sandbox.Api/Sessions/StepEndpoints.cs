using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>The routes under <c>/v1/sessions/{id}/steps</c>.</summary>
internal static class StepEndpoints
{
    private const double DefaultWaitSeconds = 30;
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static void MapSteps(this RouteGroupBuilder sessions)
    {
        var steps = sessions.MapGroup("/{id}/steps").WithTags("Steps");
        steps.MapPost("", Create).DescribeCreateStep();
        steps.MapGet("", List).DescribeListSteps();
        steps.MapGet("/{sequence}", Get).DescribeGetStep();
        steps.MapGet("/{sequence}/events", Events).DescribeStepEvents();
        steps.MapPost("/{sequence}/interrupt", Interrupt).DescribeInterruptStep();
    }

    private static async Task<Results<Ok<Step>, Accepted<Step>, EventStream, ProblemResult>> Create(
        string id, HttpContext context, IGrainFactory grains, IPlatform platform, LongPoll waiting)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait(DefaultWaitSeconds);
        query.RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : SessionRequestReader.ReadStep(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var spec = SessionRequestMapping.ToStep(request, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();

        var streams = Streams(context.Request);
        var fingerprint = key is null ? null : RequestFingerprint.Compute(body!.Root);
        var first = streams ? TimeSpan.Zero : wait < LongPoll.Round ? wait : LongPoll.Round;
        var reply = await grain.RunStep(context.Caller, spec, key, fingerprint, first, context.RequestAborted);
        if (reply.Value is not { } submission)
            return ProblemResult.From(reply.Refusal!);
        if (submission.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        var step = submission.Step;
        if (streams)
        {
            context.Response.Headers.Location = PathOf(step);
            var opened = await Stream(grain, step.Sequence, 0, context);
            return opened.Value is { } stream ? stream : ProblemResult.From(opened.Refusal!);
        }

        if (!step.Ended && wait > first)
        {
            var later = await WaitForEnd(grain, step.Sequence, wait - first, context, waiting);
            if (later.Value is not { } view)
                return ProblemResult.From(later.Refusal!);
            step = view;
        }

        return step.Ended ? TypedResults.Ok(Step.From(step)) : TypedResults.Accepted(PathOf(step), Step.From(step));
    }

    private static async Task<Results<Ok<StepList>, ProblemResult>> List(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var after = query.Integer("cursor", 0, long.MaxValue, 0L);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.ListSteps(context.Caller, after, limit, context.RequestAborted);
        if (reply.Value is not { } page)
            return ProblemResult.From(reply.Refusal!);
        return TypedResults.Ok(new StepList
        {
            Items = [.. page.Items.Select(Step.From)],
            NextCursor = page.Next?.ToString(CultureInfo.InvariantCulture),
        });
    }

    private static async Task<Results<Ok<Step>, ProblemResult>> Get(
        string id, string sequence, HttpContext context, IGrainFactory grains, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        return Find(grains, id, sequence) is var (grain, number)
            ? Answer(await WaitForEnd(grain, number, wait, context, waiting))
            : ProblemResult.NotFound();
    }

    public static async Task<Results<EventStream, ProblemResult>> Events(string id, string sequence, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var after = EventStream.ReadResumption(context.Request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id, sequence) is not var (grain, number))
            return ProblemResult.NotFound();
        var reply = await Stream(grain, number, after, context);
        return reply.Value is { } stream ? stream : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<Step>, ProblemResult>> Interrupt(string id, string sequence, HttpContext context, IGrainFactory grains) =>
        Find(grains, id, sequence) is var (grain, number)
            ? Answer(await grain.Interrupt(context.Caller, number, context.RequestAborted))
            : ProblemResult.NotFound();

    /// <summary>The grain of a step's session, and its number; null when the texts cannot be these.</summary>
    public static (ISessionGrain Grain, long Sequence)? Find(IGrainFactory grains, string id, string sequence) =>
        SessionEndpoints.Find(grains, id) is { } grain && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (grain, number)
            : null;

    private static Task<Reply<EventStream>> Stream(ISessionGrain grain, long sequence, long after, HttpContext context)
    {
        var caller = context.Caller;
        return OutputEventSource.Open(
            (last, wait, cancellationToken) => grain.ReadStepEvents(caller, sequence, last, wait, cancellationToken), after, context.RequestAborted);
    }

    private static Task<Reply<StepView>> WaitForEnd(ISessionGrain grain, long sequence, TimeSpan wait, HttpContext context, LongPoll waiting)
    {
        var caller = context.Caller;
        return waiting.ForEnd(
            (round, cancellationToken) => grain.GetStep(caller, sequence, round, cancellationToken), static step => step.Ended, wait, context.RequestAborted);
    }

    private static Results<Ok<Step>, ProblemResult> Answer(Reply<StepView> reply) =>
        reply.Value is { } view ? TypedResults.Ok(Step.From(view)) : ProblemResult.From(reply.Refusal!);

    private static bool Streams(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(static accept => accept.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));

    private static string PathOf(StepView step) => string.Create(CultureInfo.InvariantCulture, $"/v1/sessions/{step.SessionId}/steps/{step.Sequence}");
}
