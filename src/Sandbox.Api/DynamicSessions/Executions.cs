using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>Runs code in the session of an identifier: a step of it.</summary>
internal sealed class Executions(PooledSessions pooled, IGrainFactory grains, IPlatform platform, LongPoll waiting)
{
    // Steps of the session that came before have as long themselves.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public async Task<IResult> Run(HttpContext context, PoolRequest request)
    {
        var (code, wrong) = await CodeRequest.Read(context, request, platform);
        if (code is null)
            return wrong!;
        var reply = await Run(context, code);
        if (reply.Value is not { } step)
            return ProblemResult.From(reply.Refusal!);
        var location = $"{DynamicSessionEndpoints.Path}/executions/{ExecutionAnswers.IdOf(step)}?identifier={Uri.EscapeDataString(code.Identifier)}";
        if (code.IsAsynchronous)
            context.Response.Headers["Operation-Location"] = location;
        return Results.Json(
            ExecutionAnswers.Of(step, code.Identifier, code.IsAsynchronous),
            DynamicSessionsJson.Plain.Execution,
            statusCode: step.Ended ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    public async Task<IResult> RunOld(HttpContext context, PoolRequest request, bool isFlat)
    {
        var (code, wrong) = await CodeRequest.Read(context, request, platform);
        if (code is null)
            return wrong!;
        var reply = await Run(context, code with { IsAsynchronous = false });
        if (reply.Value is not { } step)
            return ProblemResult.From(reply.Refusal!);
        var answer = ExecutionAnswers.OfOld(step);
        return isFlat
            ? Results.Json(answer, DynamicSessionsJson.Plain.OldExecution)
            : Results.Json(new OldAnswer<OldExecution>(answer), DynamicSessionsJson.Plain.OldAnswerOldExecution);
    }

    /// <summary>An execution by its id: the session's, a dot, and the number of the step.</summary>
    public async Task<IResult> Get(HttpContext context, PoolRequest request, string id)
    {
        if (request.Identifier is not { } identifier)
            return CodeRequest.WithoutIdentifier();
        if (id.Split('.') is not [var name, var number]
            || !SessionId.TryParse(name, out var session)
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return ProblemResult.NotFound();
        var grain = grains.GetGrain<ISessionGrain>(session.ToString());
        var owner = await grain.Get(context.Caller, context.RequestAborted);
        if (owner.Value?.Metadata.GetValueOrDefault(PooledSessions.Label) != identifier)
            return ProblemResult.NotFound();
        var reply = await grain.GetStep(context.Caller, sequence, TimeSpan.Zero, context.RequestAborted);
        return reply.Value is { } step
            ? Results.Json(ExecutionAnswers.Of(step, identifier, isAsynchronous: true), DynamicSessionsJson.Plain.Execution)
            : ProblemResult.From(reply.Refusal!);
    }

    private async Task<Reply<StepView>> Run(HttpContext context, CodeRequest code)
    {
        var caller = context.Caller;
        var begun = await pooled.Use(
            caller,
            code.Identifier,
            session => grains.GetGrain<ISessionGrain>(session.ToString())
                .RunStep(caller, code.Step, null, null, code.IsAsynchronous ? TimeSpan.Zero : LongPoll.Round, context.RequestAborted),
            context.RequestAborted);
        if (begun.Value?.Step is not { } step)
            return begun.Refusal!;
        if (step.Ended || code.IsAsynchronous)
            return step;
        var grain = grains.GetGrain<ISessionGrain>(step.SessionId);
        return await waiting.ForEnd(
            (round, cancellationToken) => grain.GetStep(caller, step.Sequence, round, cancellationToken), static view => view.Ended, LongestWait, context.RequestAborted);
    }
}
