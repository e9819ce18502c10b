using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Embedded;
using Sandbox.Api.Services;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Ports;

/// <summary>What a service is told of a request, and what of its client's is kept from it.</summary>
internal static class ProxyHeaders
{
    // What only whoever passes a request on may say, and whom the client has shown itself to.
    private static readonly FrozenSet<string> Withheld = FrozenSet.ToFrozenSet(
        [
            "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP",
            "Proxy-Authorization", ApiKeyHandler.HeaderName, ShownToken.HeaderName, CallerResolution.TenantHeader, PeerClient.HeaderName,
            SandboxToken.TrafficHeader, SandboxTarget.IdHeader, SandboxTarget.PortHeader,
        ],
        StringComparer.OrdinalIgnoreCase);

    public static void Write(HttpContext context, HttpRequestMessage request, PortDoor door)
    {
        var named = NamedBy(context.Request.Headers.Connection).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (IsCredential(context))
            named.Add(HeaderNames.Authorization);
        // Programs may have tokens of this name of their own.
        if (context.Request.Headers[SandboxToken.AccessHeader].Any(static value => value is not null && SandboxToken.TenantOf(SandboxToken.Access, value.Trim()) is not null))
            named.Add(SandboxToken.AccessHeader);
        Remove(request, named);
        WriteCookies(context.Request, request);
        if (PeerClient.AddressOf(context) is { } client)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", client);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", context.Request.Scheme);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", context.Request.Host.Value);
        if (door.Prefix.Length > 0)
            request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", door.Prefix);
    }

    /// <summary>Headers that a message names as being for the next hop alone.</summary>
    public static IEnumerable<string> NamedBy(StringValues connection) => connection
        .SelectMany(static value => value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        .Where(static name => !name.Equals("upgrade", StringComparison.OrdinalIgnoreCase) && !name.Equals("close", StringComparison.OrdinalIgnoreCase));

    // A program may have a login of its own beside ours; but a bearer is what we ask for, and may be ours by mistake.
    private static bool IsCredential(HttpContext context)
    {
        var isShownElsewhere = context.Request.Headers.ContainsKey(ApiKeyHandler.HeaderName)
            || context.Request.Headers.ContainsKey(ShownToken.HeaderName)
            || context.Request.Headers.ContainsKey(SandboxToken.TrafficHeader)
            || context.Request.Cookies.Keys.Any(BrowserToken.IsCookie);
        return !isShownElsewhere
            || context.Request.Headers.Authorization.Any(static value => value?.TrimStart().StartsWith("Bearer", StringComparison.OrdinalIgnoreCase) == true);
    }

    private static void WriteCookies(HttpRequest from, HttpRequestMessage to)
    {
        if (from.Headers.Cookie.Count == 0)
            return;
        to.Headers.Remove(HeaderNames.Cookie);
        var kept = from.Headers.Cookie
            .SelectMany(static line => line?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Where(static pair => !BrowserToken.IsCookie(pair.Split('=', 2)[0].TrimEnd()))
            .ToList();
        if (kept.Count > 0)
            to.Headers.TryAddWithoutValidation(HeaderNames.Cookie, string.Join("; ", kept));
    }

    // Those of a body are not among these, and cannot be named as such: it would lose its length.
    private static void Remove(HttpRequestMessage request, HashSet<string> named)
    {
        List<string>? gone = null;
        foreach (var (name, _) in request.Headers.NonValidated)
        {
            // Programs that are asked through their environment tell neither from the other.
            if (Withheld.Contains(name.Replace('_', '-')) || named.Contains(name))
                (gone ??= []).Add(name);
        }

        foreach (var name in gone ?? [])
            request.Headers.Remove(name);
    }
}
