using System.Diagnostics;
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

    private static string? CurrentTrace => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null;

    /// <summary>Something that a caller does, within the trace of the request.</summary>
    public static AuditEvent By(Caller caller, string action, AuditResource resource, string outcome = AuditOutcomes.Allowed) =>
        new(caller.TenantId, AuditActor.Of(caller), action, resource, outcome) { TraceId = CurrentTrace };

    /// <summary>Something that happens by itself to what an agent has made.</summary>
    public static AuditEvent OfItself(string tenantId, string agentId, string action, AuditResource resource, string outcome) =>
        new(tenantId, new AuditActor(agentId, AuditActor.System), action, resource, outcome) { TraceId = CurrentTrace };

    /// <summary>A "no" to a caller, with the rule and the member of the request that it is for.</summary>
    /// <param name="caller">Who asked.</param>
    /// <param name="action">What for.</param>
    /// <param name="resource">Of what.</param>
    /// <param name="refusal">What was answered.</param>
    /// <param name="decision">The gate's decision, where it made one.</param>
    public static AuditEvent Refused(Caller caller, string action, AuditResource resource, Refusal refusal, PolicyDecision? decision = null) =>
        (By(caller, action, resource, AuditOutcomes.Denied) with
        {
            Cause = refusal.Code,
            Decision = decision switch
            {
                { Allowed: false } when refusal.Code == RefusalCodes.PolicyDenied => decision,
                // Only the policy's own words: other reasons may name what the caller has sent.
                { Allowed: false } => decision with { Reason = null },
                _ => null,
            },
        }).With(("field", refusal.Field), ("rule", refusal.Rule));

    /// <summary>The event with more details; those that are null are left out.</summary>
    public AuditEvent With(params ReadOnlySpan<(string Name, string? Value)> details)
    {
        var all = new List<KeyValuePair<string, string>>(Details);
        foreach (var (name, value) in details)
        {
            if (value is not null)
                all.Add(new KeyValuePair<string, string>(name, value));
        }

        return this with { Details = all };
    }
}
