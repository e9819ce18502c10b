using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>What is recorded of tenants and of their keys.</summary>
internal static class TenantAudit
{
    /// <summary>A tenant was made; in its own record, which begins so.</summary>
    public static AuditEvent Created(Caller caller, TenantRecord tenant) => AuditEvent.By(
        caller with { TenantId = tenant.Id }, AuditActions.TenantCreated, new AuditResource(AuditResourceTypes.Tenant, tenant.Id), AuditOutcomes.Succeeded);

    /// <summary>What a tenant may use was set; in its own record.</summary>
    public static AuditEvent QuotasChanged(Caller caller, string tenant, QuotaOverrides quotas) => AuditEvent
        .By(caller with { TenantId = tenant }, AuditActions.TenantQuotasChanged, new AuditResource(AuditResourceTypes.Tenant, tenant), AuditOutcomes.Succeeded)
        .With(
            (QuotaNames.RequestsPerSecond, Text(quotas.RequestsPerSecond)),
            (QuotaNames.RequestBurst, Text(quotas.RequestBurst)),
            (QuotaNames.ConcurrentSandboxes, Text(quotas.ConcurrentSandboxes)),
            (QuotaNames.Cpu, Text(quotas.Cpu)),
            (QuotaNames.MemoryBytes, Text(quotas.MemoryBytes)),
            (QuotaNames.QueuedJobs, Text(quotas.QueuedJobs)),
            (QuotaNames.StorageBytes, Text(quotas.StorageBytes)));

    /// <summary>A key was made.</summary>
    public static AuditEvent Created(Caller caller, ApiKeyRecord key) => Of(caller, AuditActions.ApiKeyCreated, key)
        .With(("expiresAt", key.ExpiresAt is { } end ? $"{end.UtcDateTime:O}" : null));

    /// <summary>A key was removed.</summary>
    public static AuditEvent Deleted(Caller caller, ApiKeyRecord key) => Of(caller, AuditActions.ApiKeyDeleted, key);

    /// <summary>A key was not made, because its role is above that of who asked.</summary>
    public static AuditEvent KeyDenied(Caller caller, string role) =>
        (AuditEvent.By(caller, AuditActions.ApiKeyDenied, new AuditResource(AuditResourceTypes.Tenant, caller.TenantId), AuditOutcomes.Denied)
            with { Cause = ProblemCodes.Forbidden }).With(("rule", "role"), ("role", role));

    private static string? Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);

    private static AuditEvent Of(Caller caller, string action, ApiKeyRecord key) => AuditEvent
        .By(caller, action, new AuditResource(AuditResourceTypes.ApiKey, key.Id.ToString()), AuditOutcomes.Succeeded)
        .With(("name", key.Name), ("role", key.Role), ("agentId", key.AgentId));
}
