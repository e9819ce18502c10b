using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows;

/// <summary>Reading of states.</summary>
internal static class WorkflowStates
{
    /// <summary>The names by which lists are filtered.</summary>
    public static readonly string[] Names = ["running", "stopping", "succeeded", "failed", "cancelled", "timed_out"];

    /// <summary>A state by its name on the wire; null when it is noted as wrong.</summary>
    public static WorkflowStatus? Read(string name, RequestErrors errors)
    {
        WorkflowStatus? status = name switch
        {
            "running" => WorkflowStatus.Running,
            "stopping" => WorkflowStatus.Stopping,
            "succeeded" => WorkflowStatus.Succeeded,
            "failed" => WorkflowStatus.Failed,
            "cancelled" => WorkflowStatus.Cancelled,
            "timed_out" => WorkflowStatus.TimedOut,
            _ => null,
        };
        if (status is null)
            errors.Add("status", "Must be running, stopping, succeeded, failed, cancelled or timed_out.");
        return status;
    }
}
