using Sandbox.Api.Ports;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Services;

/// <summary>The token of a service that a request shows. Only where the request is for a service: nowhere else one opens anything.</summary>
internal static class ShownToken
{
    public const string HeaderName = "X-Service-Token";

    /// <summary>The text; null where there is none. A header wins, so that a cookie never decides for whoever says otherwise.</summary>
    public static string? Of(HttpContext context)
    {
        if (PortDoor.Of(context) is not { Service: not null } door)
            return null;
        var request = context.Request;
        if (request.Headers[HeaderName] is [{ } header])
            return header;
        if (BearerText.Of(request) is { } bearer)
            return ServiceTokenText.IsToken(bearer) ? bearer : null;
        return door.HasOwnOrigin && !request.Headers.ContainsKey(ApiKeyHandler.HeaderName) ? BrowserToken.OfCookie(context) : null;
    }
}
