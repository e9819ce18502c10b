using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>Who acts.</summary>
/// <param name="AgentId">The agent of the credential, or of the resource where something happens to it by itself.</param>
/// <param name="Role">One of <see cref="Roles"/>, <see cref="System"/> or <see cref="SignedUrl"/>.</param>
public sealed record AuditActor(string AgentId, string Role)
{
    /// <summary>The role of what happens without a request: ends, expiry, loss.</summary>
    public const string System = "system";

    /// <summary>The role of who shows a signed URL, whoever that is; the agent is the one that made it.</summary>
    public const string SignedUrl = "signed_url";

    /// <summary>A caller.</summary>
    public static AuditActor Of(Caller caller) => new(caller.AgentId, caller.Role);
}

/// <summary>What is acted upon.</summary>
/// <param name="Type">One of <see cref="AuditResourceTypes"/>.</param>
/// <param name="Id">Its id, by which events are found.</param>
public sealed record AuditResource(string Type, string Id);

/// <summary>Kinds of what is acted upon.</summary>
public static class AuditResourceTypes
{
    /// <summary>A job.</summary>
    public const string Job = "job";

    /// <summary>A session; also for its steps, commands and files.</summary>
    public const string Session = "session";

    /// <summary>A service; also for its tokens.</summary>
    public const string Service = "service";

    /// <summary>A snapshot.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>A template, by its name.</summary>
    public const string Template = "template";

    /// <summary>An artifact.</summary>
    public const string Artifact = "artifact";

    /// <summary>A tenant.</summary>
    public const string Tenant = "tenant";

    /// <summary>A node, by its name.</summary>
    public const string Node = "node";

    /// <summary>An API key, by its id.</summary>
    public const string ApiKey = "api_key";

    /// <summary>A policy, by its name.</summary>
    public const string Policy = "policy";

    /// <summary>A secret, by its name.</summary>
    public const string Secret = "secret";

    /// <summary>A webhook, by its id.</summary>
    public const string Webhook = "webhook";

    /// <summary>A workflow; also for its steps and memory.</summary>
    public const string Workflow = "workflow";

    /// <summary>A route of the interface: method and template.</summary>
    public const string Route = "route";
}

/// <summary>Resources that were used.</summary>
/// <param name="WallSeconds">Seconds from start to end.</param>
/// <param name="CpuSeconds">Processor seconds.</param>
/// <param name="PeakMemoryBytes">Largest memory use.</param>
/// <param name="OutputBytes">Output produced, kept or not.</param>
public sealed record AuditUsage(double WallSeconds, double CpuSeconds, long PeakMemoryBytes, long OutputBytes);

/// <summary>How an action went.</summary>
public static class AuditOutcomes
{
    /// <summary>It was permitted and is about to be done: written before it is.</summary>
    public const string Allowed = "allowed";

    /// <summary>It was refused.</summary>
    public const string Denied = "denied";

    /// <summary>It was done.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>It failed.</summary>
    public const string Failed = "failed";
}
