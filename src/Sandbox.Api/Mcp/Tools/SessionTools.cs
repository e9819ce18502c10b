using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Lives of sessions.</summary>
internal sealed class SessionTools(IGrainFactory grains, IPlatform platform, ISessionQueries sessions, SessionOpening opening) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("create_session", "Create a session",
            "Makes a sandbox that lives on: its id is the handle that run_code, run_command and the file tools take, and variables and files stay from call to call. "
            + $"It ends by itself after ttlSeconds (default {platform.DefaultTtlSeconds} s, at most {platform.MaximumTtlSeconds} s); extend it with update_session, and end it with end_session when it is not needed any more. Everything in it is gone then.",
            new InputSchema()
                .Optional("language", Members.Language(platform, "Language of steps that name none. Default python."))
                .Optional("ttlSeconds", Schema.Number($"Seconds until it ends, whatever it does. Default {platform.DefaultTtlSeconds}.", 1, platform.MaximumTtlSeconds))
                .Optional("idleSeconds", Schema.Number("Seconds without work until onIdle. Left out: no bound.", 1, platform.MaximumTtlSeconds))
                .Optional("onIdle", Schema.Choice("With idleSeconds: end (the default), pause, or suspend (to disk; isolation strong).", [IdleActions.End, IdleActions.Pause, IdleActions.Suspend]))
                .Optional("snapshot", Schema.Text("Id of a snapshot (snp_…) to begin with."))
                .Optional("limits", Members.Limits())
                .WithSandbox(),
            typeof(Session), Create),
        new("get_session", "Get a session", "A session as it stands: state, limits and when it ends.",
            new InputSchema().Required("sessionId", Members.Session()), typeof(Session), call => Act(call, static (grain, caller, token) => grain.Get(caller, token))) { IsReadOnly = true },
        new("list_sessions", "List sessions", "Sessions of the tenant, newest first, ended ones included (status says so).",
            new InputSchema().WithFilter(SessionStates.Names), typeof(SessionList), List) { IsReadOnly = true },
        new("update_session", "Extend or change a session", "Changes how long a live session lives, and its labels. ttlSeconds counts from now.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Optional("ttlSeconds", Schema.Number("Seconds from now until it ends.", 1, platform.MaximumTtlSeconds))
                .Optional("idleSeconds", Schema.Number("Seconds without work until it ends or pauses; 0 takes the bound away.", 0, platform.MaximumTtlSeconds))
                .Optional("metadata", Schema.Map("Labels in place of the present ones.")),
            typeof(Session), Update) { IsDestructive = true },
        new("pause_session", "Pause a session", "Freezes a session: it uses no processor and keeps its memory. It goes on with resume_session, the next step, or when a file of it is asked for. Its time to live goes on.",
            new InputSchema().Required("sessionId", Members.Session()), typeof(Session), call => Act(call, static (grain, caller, token) => grain.Pause(caller, token))) { IsIdempotent = true },
        new("resume_session", "Resume a session", "Lets a paused session go on.",
            new InputSchema().Required("sessionId", Members.Session()), typeof(Session), call => Act(call, static (grain, caller, token) => grain.Resume(caller, token))) { IsIdempotent = true },
        new("end_session", "End a session", "Ends a session: what runs in it is killed, and its variables and files are gone. Its steps stay readable.",
            new InputSchema().Required("sessionId", Members.Session()), typeof(Done), End) { IsDestructive = true, IsIdempotent = true },
    ];

    private async Task<CallToolResult> Create(ToolCall call)
    {
        var request = SessionRequestReader.ReadSession(call.Without(), call.Errors);
        if (request is null || call.Errors.Any)
            return call.WrongPart()!;
        // Without an end of the call, so that none is made that nobody hears of.
        var reply = await opening.Open(call.Caller, request, SessionId.New(), string.Empty, call.Errors, CancellationToken.None);
        return reply is null ? call.WrongPart()! : ToolAnswer.Of(reply, static made => Session.From(made.Session));
    }

    private async Task<CallToolResult> List(ToolCall call)
    {
        var status = call.Arguments.String("status") is { } name ? SessionStates.Read(name, call.Errors) : null;
        var metadata = call.Arguments.Map("metadata", RequestBounds.Labels) ?? EmptyMaps.OfStrings;
        var limit = call.PageSize();
        var cursor = call.Cursor(static place => SessionId.TryParse(place.Id, out var at) ? new SessionCursor(place.CreatedAt, at) : null);
        if (call.Wrong() is { } wrong)
            return wrong;
        var page = await sessions.List(call.Caller.TenantId, new SessionFilter(status, metadata), cursor, limit, call.Cancelled);
        return ToolAnswer.Of(new SessionList
        {
            Items = [.. page.Items.Select(static view => Session.From(view) with { Steps = null })],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private async Task<CallToolResult> Update(ToolCall call)
    {
        var id = call.Required("sessionId");
        var request = SessionRequestReader.ReadChange(call.Without("sessionId"), call.Errors);
        var change = request is null ? null : SessionRequestMapping.ToChange(request, platform, call.Errors);
        if (call.WrongPart() is { } wrong)
            return wrong;
        return SessionEndpoints.Find(grains, id) is { } grain
            ? ToolAnswer.Of(await grain.Update(call.Caller, change!, call.Cancelled), Session.From)
            : ToolAnswer.NotFound("session");
    }

    private async Task<CallToolResult> End(ToolCall call)
    {
        var id = call.Required("sessionId");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("session");
        return ToolAnswer.Of(await grain.End(call.Caller, call.Cancelled), static view => new Done { Id = view.Id, Outcome = "ended" });
    }

    private async Task<CallToolResult> Act(ToolCall call, Func<ISessionGrain, Caller, CancellationToken, Task<Reply<SessionView>>> act)
    {
        var id = call.Required("sessionId");
        if (call.Wrong() is { } wrong)
            return wrong;
        return SessionEndpoints.Find(grains, id) is { } grain
            ? ToolAnswer.Of(await act(grain, call.Caller, call.Cancelled), Session.From)
            : ToolAnswer.NotFound("session");
    }
}
