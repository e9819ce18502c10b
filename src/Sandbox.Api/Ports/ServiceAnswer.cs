using Microsoft.Net.Http.Headers;
using Sandbox.Api.Services;

namespace Sandbox.Api.Ports;

/// <summary>What of a service's answer reaches its client, and how its addresses and cookies are kept to its own place.</summary>
internal static class ServiceAnswer
{
    // Under our own address they would be said of all of it, and of every other service.
    private static readonly string[] OfTheOrigin =
    [
        HeaderNames.StrictTransportSecurity, "Alt-Svc", "Service-Worker-Allowed", "Public-Key-Pins", "Report-To", "Reporting-Endpoints", "NEL",
        "Origin-Agent-Cluster",
    ];

    // Its pages have no origin there: they cannot act as ours, or as another service's.
    private const string NoOrigin = "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads";

    /// <summary>Takes out of our own answer what the service says itself. Before its headers are copied.</summary>
    public static void Clear(IHeaderDictionary ours, HttpResponseMessage answer)
    {
        ours.Remove(HeaderNames.ContentSecurityPolicy);
        foreach (var (name, _) in answer.Headers.Concat(answer.Content.Headers))
            ours.Remove(name);
    }

    /// <summary>Confines what was copied.</summary>
    public static void Confine(IHeaderDictionary headers, HttpResponseMessage answer, PortDoor door, int port)
    {
        foreach (var name in ProxyHeaders.NamedBy(answer.Headers.Connection.ToArray()))
            headers.Remove(name);
        if (headers.SetCookie.Count > 0)
            headers.SetCookie = headers.SetCookie.Select(cookie => Confine(cookie, door.Prefix)).OfType<string>().ToArray();
        if (headers.Location is [{ } location])
            headers.Location = Confine(location, door.Prefix, port);
        // It would be said of the cookies of every service's host.
        headers.Remove("Clear-Site-Data");
        if (door.HasOwnOrigin)
            return;
        foreach (var name in OfTheOrigin)
            headers.Remove(name);
        headers.Append(HeaderNames.ContentSecurityPolicy, NoOrigin);
    }

    // For this host alone, and below the prefix; and none that would pass for ours.
    private static string? Confine(string? cookie, string prefix)
    {
        if (cookie is null || BrowserToken.IsCookie(cookie.Split('=', 2)[0].Trim()))
            return null;
        var parts = cookie.Split(';', StringSplitOptions.TrimEntries);
        var path = parts.Skip(1).Where(static part => Is(part, "path")).Select(static part => part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim()).LastOrDefault();
        var kept = parts.Where(static (part, index) => index == 0 || !(Is(part, "path") || Is(part, "domain")));
        return string.Join("; ", kept.Append($"Path={prefix}{(path is ['/', ..] ? path : "/")}"));
    }

    // Where it sends its client to is meant as seen from inside.
    private static string Confine(string location, string prefix, int port)
    {
        foreach (var own in new[] { $"http://localhost:{port}", $"http://127.0.0.1:{port}" })
        {
            if (location.StartsWith(own, StringComparison.OrdinalIgnoreCase) && (location.Length == own.Length || location[own.Length] is '/' or '?'))
                location = location[own.Length..] is ['/', ..] rest ? rest : $"/{location[own.Length..]}";
        }

        return location is ['/', ..] and not ['/', '/', ..] && prefix.Length > 0 && !location.StartsWith($"{prefix}/", StringComparison.Ordinal)
            ? prefix + location
            : location;
    }

    private static bool Is(string part, string name) =>
        part.StartsWith(name, StringComparison.OrdinalIgnoreCase) && part.AsSpan(name.Length).TrimStart() is ['=', ..] or [];
}
