using System.Globalization;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Routing;

/// <summary>Which port of which sandbox a request is for: said by its headers, or by its host.</summary>
/// <param name="SandboxId">The sandbox, as the client calls it.</param>
/// <param name="Port">The port.</param>
internal sealed record SandboxTarget(string SandboxId, int Port)
{
    /// <summary>Whether the host says it, and so the origin is its own.</summary>
    public bool IsByHost { get; init; }

    public const string IdHeader = "E2b-Sandbox-Id";
    public const string PortHeader = "E2b-Sandbox-Port";

    /// <summary>Where files, processes and folders are asked for.</summary>
    public const int Envd = 49983;

    /// <summary>Where code is.</summary>
    public const int Interpreter = 49999;

    /// <summary>The session; null where no session can be called so.</summary>
    public SessionId? Session => SandboxName.ToSession(SandboxId);

    /// <summary>Reads what a host says; null where it says nothing of the kind.</summary>
    public static SandboxTarget? OfHost(string host, string? domain)
    {
        if (domain is null || !host.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase))
            return null;
        var name = host[..^(domain.Length + 1)];
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && ReadPort(name[..dash]) is { } port && SandboxName.ToSession(name[(dash + 1)..].ToLowerInvariant()) is { } session
            ? new SandboxTarget(SandboxName.Of(session.ToString()), port) { IsByHost = true }
            : null;
    }

    public static int? ReadPort(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;
}

/// <summary>
/// What a session is called at this door: its id without the prefix, because the name is a label of a host name.
/// </summary>
internal static class SandboxName
{
    public static string Of(string session) => session[SessionId.Prefix.Length..];

    public static SessionId? ToSession(string? name) => SessionId.TryParse(SessionId.Prefix + name, out var session) ? session : null;
}
