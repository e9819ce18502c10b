using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Sandbox.Api.Services;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Ports;

/// <summary>
/// Requests to host names of ports are for those ports, whatever their path. A browser is let in by an address with a token in it, which
/// it keeps as a cookie of that host alone; the token is out of the address before the service, or a log of it, sees that.
/// </summary>
internal sealed class PortHosts(RequestDelegate next, PortProxy proxy, IOptions<PortProxyOptions> options)
{
    private readonly Endpoint _endpoint = new(
        context => proxy.Answer(context), new EndpointMetadataCollection(new AuthorizeAttribute(ApiAuthentication.Reach)), "Ports by their host names");

    private readonly string? _ending = options.Value.Domain is { } domain ? $".{domain}" : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (_ending is null || DoorOf(context.Request.Host.Host, _ending) is not { } door)
            return next(context);
        context.Features.Set(door);
        context.SetEndpoint(_endpoint);
        return BrowserToken.TakeFromAddress(context) ? Task.CompletedTask : next(context);
    }

    private static PortDoor? DoorOf(string host, string ending)
    {
        if (!host.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            return null;
        var name = host[..^ending.Length];
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0 || !int.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var door = new PortDoor(name[(dash + 1)..].ToLowerInvariant(), port, string.Empty, 0);
        return door.Service is null && door.Session is null ? null : door;
    }
}
