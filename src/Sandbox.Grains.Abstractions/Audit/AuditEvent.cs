using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>
/// Something that happened, for the record: who did what to which resource, and how that went. Never carries payloads: no code,
/// arguments, environment, input, output, contents of files, tokens or values of secrets. Not Orleans' to carry: it is written
/// where it happens.
/// </summary>
/// <param name="TenantId">The tenant whose record it is in.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Resource">What it was done to.</param>
/// <param name="Outcome">One of <see cref="AuditOutcomes"/>.</param>
public sealed record AuditEvent(string TenantId, AuditActor Actor, string Action, AuditResource Resource, string Outcome)
{
    /// <summary>Why it ended or was refused: a stable snake_case code; null where there is nothing to say.</summary>
    public string? Cause { get; init; }

    /// <summary>The decision that permitted or forbade it; null where none was made.</summary>
    public PolicyDecision? Decision { get; init; }

    /// <summary>What was used; null where nothing was measured.</summary>
    public AuditUsage? Usage { get; init; }

    /// <summary>The trace that it belongs to (W3C, 32 hexadecimal digits); null where there is none.</summary>
    public string? TraceId { get; init; }

    /// <summary>More about it, small: names in camelCase, bounded when it is written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];
}

/// <summary>Who acts.</summary>
/// <param name="AgentId">The agent of the credential, or of the resource where something happens to it by itself.</param>
/// <param name="Role">One of <see cref="Roles"/>, or <see cref="System"/>.</param>
public sealed record AuditActor(string AgentId, string Role)
{
    /// <summary>The role of what happens without a request: ends, expiry, loss.</summary>
    public const string System = "system";

    /// <summary>A caller.</summary>
    public static AuditActor Of(Caller caller) => new(caller.AgentId, caller.Role);
}

/// <summary>What is acted upon.</summary>
/// <param name="Type">Such as <c>job</c> or <c>session</c>.</param>
/// <param name="Id">Its id, by which events are found.</param>
public sealed record AuditResource(string Type, string Id);

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
