namespace Sandbox.Api.Embedded;

/// <summary>Who sent a request that another process has passed on: it comes over a socket of ours, which says nothing of that.</summary>
internal static class PeerClient
{
    /// <summary>Carries the address between processes. From anybody else it is not believed.</summary>
    public const string HeaderName = "Sandbox-Client-Address";

    /// <summary>Whether a request was passed on by another process: what comes over a Unix socket has no addresses.</summary>
    public static bool IsFromPeer(HttpContext context) => context.Connection is { LocalIpAddress: null, RemoteIpAddress: null };

    /// <summary>The client's address; null where nobody knows it.</summary>
    public static string? AddressOf(HttpContext context) =>
        IsFromPeer(context) ? context.Request.Headers[HeaderName] is [{ } told] ? told : null : context.Connection.RemoteIpAddress?.ToString();
}
