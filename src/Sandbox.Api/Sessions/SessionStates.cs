using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>Reading of states.</summary>
internal static class SessionStates
{
    /// <summary>The names by which lists are filtered.</summary>
    public static readonly string[] Names = ["ready", "paused", "expired", "terminated", "failed"];

    /// <summary>A state by its name on the wire; null when it is noted as wrong.</summary>
    public static SessionStatus? Read(string name, RequestErrors errors)
    {
        SessionStatus? status = name switch
        {
            "ready" => SessionStatus.Ready,
            "paused" => SessionStatus.Paused,
            "expired" => SessionStatus.Expired,
            "terminated" => SessionStatus.Terminated,
            "failed" => SessionStatus.Failed,
            _ => null,
        };
        if (status is null)
            errors.Add("status", "Must be ready (busy ones included), paused, expired, terminated or failed.");
        return status;
    }
}
