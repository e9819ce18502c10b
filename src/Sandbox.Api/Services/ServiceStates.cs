using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Services;

/// <summary>Reading of states.</summary>
internal static class ServiceStates
{
    /// <summary>The names by which lists are filtered.</summary>
    public static readonly string[] Names = ["starting", "running", "stopped", "failed"];

    /// <summary>A state by its name on the wire; null when it is noted as wrong.</summary>
    public static ServiceStatus? Read(string name, RequestErrors errors)
    {
        ServiceStatus? status = name switch
        {
            "starting" => ServiceStatus.Starting,
            "running" => ServiceStatus.Running,
            "stopped" => ServiceStatus.Stopped,
            "failed" => ServiceStatus.Failed,
            _ => null,
        };
        if (status is null)
            errors.Add("status", "Must be starting, running, stopped or failed.");
        return status;
    }
}
