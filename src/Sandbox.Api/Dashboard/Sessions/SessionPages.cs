using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Dashboard.Work;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>The pages under <c>/dashboard/sessions</c>.</summary>
internal static class SessionPages
{
    public const string Path = $"{DashboardMark.Path}/sessions";

    private const int StepsOfPage = 10;

    public static void MapSessionPages(this RouteGroupBuilder dashboard)
    {
        var sessions = dashboard.MapGroup("/sessions").RequireAuthorization(ApiAuthentication.Use);
        sessions.MapGet("", List);
        sessions.MapGet("/{id}", Show);
        sessions.MapSessionActions();
        sessions.MapStepPages();
        sessions.MapTerminalPage();
        sessions.MapFilePages();
    }

    private static async Task<IResult> List(HttpContext context, ISessionQueries sessions)
    {
        var list = new ListRequest(context.Request.Query);
        if (SessionId.TryParse(list.Search, out var id))
            return Page.SeeOther($"{Path}/{id}");
        var status = list.Status is { } name ? SessionStates.Read(name, list.Errors) : null;
        var cursor = list.Cursor(static place => SessionId.TryParse(place.Id, out var at) ? new SessionCursor(place.CreatedAt, at) : null);
        if (list.Errors.Any)
            return Page.Of<SessionListPage>(new { List = list }, StatusCodes.Status400BadRequest);
        var page = await sessions.List(context.Caller.TenantId, new SessionFilter(status, list.Labels), cursor, ListRequest.PageSize, context.RequestAborted);
        var next = page.Next is { } place ? CursorText.Write(place.CreatedAt, place.Id.ToString()) : null;
        return Page.Of<SessionListPage>(new { List = list, Sessions = page.Items, Next = next });
    }

    private static async Task<IResult> Show(string id, HttpContext context, SessionReading reading)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var to = query.Integer("to", 0, long.MaxValue, long.MaxValue);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SessionId.TryParse(id, out var session) is false)
            return ProblemResult.NotFound();
        var reply = await reading.Read(context.Caller, session, to, StepsOfPage, context.RequestAborted);
        return reply.Value is { } whole ? Page.Of<SessionDetailPage>(new { Whole = whole }) : ProblemResult.From(reply.Refusal!);
    }
}
