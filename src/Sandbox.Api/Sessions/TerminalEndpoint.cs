using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>The route <c>/v1/sessions/{id}/terminal</c>: a WebSocket to a shell that outlives it.</summary>
internal static class TerminalEndpoint
{
    private const string DefaultName = "main";
    private const string DefaultShell = "bash";
    private const int NameLength = 40;
    private const int ShellLength = 256;
    private const int DefaultColumns = 80;
    private const int DefaultRows = 24;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static void MapTerminal(this RouteGroupBuilder sessions) =>
        sessions.MapGet("/{id}/terminal", Open).WithTags("Commands").AddEndpointFilter<AtHolder>().DescribeTerminal();

    public static async Task<Results<TerminalSocket, ProblemResult>> Open(
        string id, HttpContext context, IGrainFactory grains, ICommandInput input, IOptions<ApiOptions> api)
    {
        // The credential of the dashboard comes by itself, whoever made the page.
        if (!IsOwnOrigin(context.Request, api.Value.PublicUrl))
            return ProblemResult.Of(ProblemCodes.Forbidden, "Pages of other origins may not open a terminal.");
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var name = query.Single("terminal") ?? DefaultName;
        var shell = query.Single("shell") ?? DefaultShell;
        var columns = query.Integer("columns", 1, CommandTerminal.Most, DefaultColumns);
        var rows = query.Integer("rows", 1, CommandTerminal.Most, DefaultRows);
        var from = query.Integer("from", 0, long.MaxValue, -1L);
        query.RefuseUnknown();
        if (name.Length is 0 or > NameLength || name.AsSpan().ContainsAnyExcept(NameCharacters))
            errors.Add("terminal", $"Has 1 to {NameLength} letters, digits, _ and -.");
        if (shell.Length is 0 or > ShellLength || shell.Contains('\0'))
            errors.Add("shell", $"Is the name or path of a program, of 1 to {ShellLength} characters.");
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return ProblemResult.Of(ProblemCodes.UpgradeRequired);
        }

        var caller = context.Caller;
        var grain = grains.GetGrain<ISessionCommandsGrain>(session.ToString());
        var spec = new CommandSpec([shell], EmptyMaps.OfStrings, null, null, KeepStdinOpen: true, null, new CommandTerminal(name, columns, rows));
        var reply = await grain.StartCommand(caller, spec, null, null, context.RequestAborted);
        if (reply.Value is not { } opened)
            return ProblemResult.From(reply.Refusal!);
        if (from > opened.Command.StdoutBytes)
        {
            errors.Add("from", $"The output has {opened.Command.StdoutBytes} bytes so far.");
            return ProblemResult.From(errors);
        }

        // Whoever opens it last has the size that counts.
        if (opened.Replayed && !opened.Command.Ended)
            await input.Resize(caller, session, opened.Command.Number, columns, rows, context.RequestAborted);
        return new TerminalSocket(new TerminalLine(grain, input, caller, session, opened.Command.Number), opened.Command, from < 0 ? null : from);
    }

    // By the name that clients have for the server, where a proxy before it gives it another one.
    private static bool IsOwnOrigin(HttpRequest request, Uri? publicUrl)
    {
        if (request.Headers.Origin is not [var origin])
            return request.Headers.Origin.Count == 0;
        return Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && (string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
                || string.Equals(page.Authority, publicUrl?.Authority, StringComparison.OrdinalIgnoreCase));
    }
}
