using System.Globalization;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>What the forms of a session's page do: as the routes of REST, and back to the page.</summary>
internal static class SessionActions
{
    public static void MapSessionActions(this RouteGroupBuilder sessions)
    {
        sessions.MapPost("", Create);
        sessions.MapPost("/{id}/extend", Extend);
        sessions.MapPost("/{id}/pause", Pause);
        sessions.MapPost("/{id}/resume", Resume);
        sessions.MapPost("/{id}/end", End);
    }

    private static async Task<IResult> Create(HttpContext context, SessionOpening opening)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var errors = new RequestErrors();
        var request = new SessionRequest { Language = TextOf(form, "language"), Isolation = TextOf(form, "isolation") };
        if (await opening.Open(context.Caller, request, SessionId.New(), string.Empty, errors, context.RequestAborted) is not { } reply)
            return ProblemResult.From(errors);
        return reply.Value is { } creation ? Page.SeeOther($"{SessionPages.Path}/{creation.Session.Id}") : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<IResult> Extend(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var errors = new RequestErrors();
        if (!double.TryParse(form["ttlSeconds"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            errors.Add("ttlSeconds", "Must be a number of seconds.");
        var change = SessionRequestMapping.ToChange(new SessionChangeRequest { TtlSeconds = seconds }, platform, errors);
        return errors.Any ? ProblemResult.From(errors) : await Act(id, context, grains, grain => grain.Update(context.Caller, change, context.RequestAborted));
    }

    private static Task<IResult> Pause(string id, HttpContext context, IGrainFactory grains) =>
        Act(id, context, grains, grain => grain.Pause(context.Caller, context.RequestAborted));

    private static Task<IResult> Resume(string id, HttpContext context, IGrainFactory grains) =>
        Act(id, context, grains, grain => grain.Resume(context.Caller, context.RequestAborted));

    private static Task<IResult> End(string id, HttpContext context, IGrainFactory grains) =>
        Act(id, context, grains, grain => grain.End(context.Caller, context.RequestAborted));

    private static async Task<IResult> Act(string id, HttpContext context, IGrainFactory grains, Func<ISessionGrain, Task<Reply<SessionView>>> act)
    {
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await act(grain);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Page.SeeOther($"{SessionPages.Path}/{id}");
    }

    // What a form leaves empty says nothing.
    private static string? TextOf(IFormCollection form, string name) => form[name].ToString() is { Length: > 0 } text ? text : null;
}
