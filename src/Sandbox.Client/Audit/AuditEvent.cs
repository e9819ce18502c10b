using System.Text.Json;

namespace Sandbox.Client;

/// <summary>What happened. The export has every event whole, as it is in the chain.</summary>
public sealed record AuditEvent
{
    /// <summary>Its id.</summary>
    public string? Id { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Who.</summary>
    public AuditActor? Actor { get; init; }

    /// <summary>What, such as job.submitted.</summary>
    public string Action { get => field ?? string.Empty; init; }

    /// <summary>To what.</summary>
    public AuditResource? Resource { get; init; }

    /// <summary>allowed, denied, succeeded or failed.</summary>
    public string Outcome { get => field ?? string.Empty; init; }

    /// <summary>Why, where it did not succeed.</summary>
    public string? Cause { get; init; }

    /// <summary>Id of the trace that the request was part of.</summary>
    public string? TraceId { get; init; }

    /// <summary>More about it; its members are those of the action.</summary>
    public JsonElement? Details { get; init; }
}

/// <summary>Who acted.</summary>
public sealed record AuditActor
{
    /// <summary>The agent.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>Its role: operator, admin, member or auditor.</summary>
    public string? Role { get; init; }
}

/// <summary>What was acted upon.</summary>
public sealed record AuditResource
{
    /// <summary>Its type, such as job.</summary>
    public string Type { get => field ?? string.Empty; init; }

    /// <summary>Its id.</summary>
    public string Id { get => field ?? string.Empty; init; }
}
