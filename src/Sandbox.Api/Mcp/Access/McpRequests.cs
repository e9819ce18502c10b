using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Mcp.Access;

/// <summary>
/// What happens to a request before the protocol's library has it: it gets its conversation, cancellations reach the call that they
/// mean, and where several processes serve, a request is answered by the one that has to.
/// </summary>
internal sealed class McpRequests(RequestDelegate next, RunningCalls calls, ToolCatalogue tools, IPeers peers, IGrainFactory grains)
{
    private const string CancelledMethod = "notifications/cancelled";
    private const string VersionHeader = "MCP-Protocol-Version";

    // From this revision on there is no conversation: who closes the stream cancels.
    private const string WithoutHandshake = "2026-07-28";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!McpEndpoint.Is(context) || context.User.Identity is not { IsAuthenticated: true })
        {
            await next(context);
            return;
        }

        var conversation = ReadConversation(context, out var isKnown);
        if (!isKnown)
        {
            await ProblemResult.NotFound().ExecuteAsync(context);
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method) || !RequestBody.IsJson(context.Request))
        {
            await next(context);
            return;
        }

        using var body = await Peeked.Read(context.Request, context.RequestAborted);
        if (body.Wrong is { } wrong)
        {
            await wrong.Write(context.Response, context.RequestAborted);
            return;
        }

        if (await HolderOf(body, conversation, context) is { } process && process != peers.Own && !peers.IsFromPeer(context) && await Forward(context, process, conversation, body))
            return;
        if (body.Method == CancelledMethod && conversation is not null)
        {
            if (body.CancelledRequest is { } request)
                calls.Cancel(context.Caller, conversation.Name, request);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        await next(context);
    }

    private async Task<bool> Forward(HttpContext context, string process, Conversation? conversation, Peeked body)
    {
        var (request, response) = (context.Request, context.Response);
        var named = response.Headers[Conversation.Header];
        request.Headers[Conversation.Header] = conversation?.ToString();
        // The other one names the conversation, where it has no name yet.
        response.Headers.Remove(Conversation.Header);
        if (await peers.Forward(context, process))
            return true;
        // It is no more, and what it held of the conversation is not either. What the attempt has left is no answer.
        request.Headers.Remove(Conversation.Header);
        response.Headers[Conversation.Header] = named;
        response.StatusCode = StatusCodes.Status200OK;
        body.Rewind(request);
        return false;
    }

    // The library keeps no sessions, and so takes no id of one.
    private Conversation? ReadConversation(HttpContext context, out bool isKnown)
    {
        var headers = context.Request.Headers;
        isKnown = true;
        if (string.CompareOrdinal(headers[VersionHeader].ToString(), WithoutHandshake) >= 0)
            return null;
        var conversation = headers[Conversation.Header].ToString();
        if (conversation.Length == 0)
        {
            var made = Conversation.New(peers.Own);
            context.Response.Headers[Conversation.Header] = made.ToString();
            return null;
        }

        var known = Conversation.Parse(conversation);
        isKnown = known is not null;
        headers.Remove(Conversation.Header);
        if (known is not null)
            context.Features.Set(known);
        return known;
    }

    // Bytes of files and input flow where the sandbox is; everything else of a conversation where it began, so that it can be cancelled.
    private async Task<string?> HolderOf(Peeked body, Conversation? conversation, HttpContext context)
    {
        if (!peers.Any)
            return null;
        if (tools.SessionAtHolder(body) is not { } session || !SessionId.TryParse(session, out var id))
            return conversation?.Process;
        var reply = await grains.GetGrain<ISessionGrain>(id.ToString()).Touch(context.Caller, context.RequestAborted);
        return reply.Value?.Process;
    }
}
