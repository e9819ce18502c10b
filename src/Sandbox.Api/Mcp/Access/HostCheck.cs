using System.Net;
using Microsoft.Extensions.Options;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;

namespace Sandbox.Api.Mcp.Access;

/// <summary>
/// Keeps pages of strangers from reaching the door, or the dashboard, through a browser of somebody who can: they cannot choose another host than
/// their own name, whatever address it leads to, nor say that they come from elsewhere. Asked before any credential.
/// </summary>
internal sealed class HostCheck(RequestDelegate next, IOptions<McpOptions> options, IOptions<ApiOptions> api, IPeers peers)
{
    private readonly HashSet<string> _hosts = new(options.Value.AllowedHosts.Concat(api.Value.AllowedHosts).Append(api.Value.PublicUrl?.Host ?? "localhost"), StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _origins = new(
        options.Value.AllowedOrigins.Append(api.Value.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? "http://localhost"), StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        var isDashboard = DashboardMark.Is(context);
        if (!(isDashboard || McpEndpoint.Is(context)) || peers.IsFromPeer(context))
            return next(context);
        if (!IsHost(context.Request.Host.Host))
            return Refuse(context, $"This host name does not lead here for {(isDashboard ? "the dashboard; an operator can allow it (Api" : "MCP clients; an operator can allow it (Mcp")}:AllowedHosts).");
        // Who may send to the dashboard is asked by its own door, more strictly.
        return isDashboard || context.Request.Headers.Origin is [] || (context.Request.Headers.Origin is [{ } origin] && IsOrigin(origin))
            ? next(context)
            : Refuse(context, "Pages of this origin may not come here; an operator can allow them (Mcp:AllowedOrigins).");
    }

    private static Task Refuse(HttpContext context, string detail) => ProblemResult.Of(ProblemCodes.Forbidden, detail).ExecuteAsync(context);

    private bool IsHost(string host) => IsLoopback(host) || _hosts.Contains(host);

    private bool IsOrigin(string origin) =>
        _origins.Contains(origin.TrimEnd('/')) || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && IsLoopback(uri.Host));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
