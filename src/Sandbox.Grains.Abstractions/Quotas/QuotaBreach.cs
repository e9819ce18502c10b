namespace Sandbox.Grains.Abstractions.Quotas;

/// <summary>A quota that has no room left for what was asked.</summary>
/// <param name="Quota">One of <see cref="QuotaNames"/>.</param>
/// <param name="Limit">How much there is in all.</param>
/// <param name="Used">How much of it is used already.</param>
[GenerateSerializer, Immutable, Alias("sandbox.quota.breach")]
public sealed record QuotaBreach([property: Id(0)] string Quota, [property: Id(1)] decimal Limit, [property: Id(2)] decimal Used)
{
    /// <summary>What a caller is told.</summary>
    /// <param name="retryAfter">When trying again makes sense.</param>
    public Refusal ToRefusal(TimeSpan retryAfter) => Quota == QuotaNames.Concurrency
        ? new Refusal(RefusalCodes.PolicyDenied, $"Policy allows {Limit} jobs and sessions at a time, and so many there are.", "$", Rule: Quota)
        : new Refusal(RefusalCodes.QuotaExceeded, $"Of the tenant's quota {Quota}, which is {Limit}, {Used} is used.", null, retryAfter) { Quota = this };
}

/// <summary>The names of quotas, as requests and answers have them.</summary>
public static class QuotaNames
{
    /// <inheritdoc cref="TenantQuotas.RequestsPerSecond"/>
    public const string RequestsPerSecond = "requestsPerSecond";

    /// <inheritdoc cref="TenantQuotas.RequestBurst"/>
    public const string RequestBurst = "requestBurst";

    /// <inheritdoc cref="TenantQuotas.ConcurrentSandboxes"/>
    public const string ConcurrentSandboxes = "concurrentSandboxes";

    /// <inheritdoc cref="TenantQuotas.Cpu"/>
    public const string Cpu = "cpu";

    /// <inheritdoc cref="TenantQuotas.MemoryBytes"/>
    public const string MemoryBytes = "memoryBytes";

    /// <inheritdoc cref="TenantQuotas.QueuedJobs"/>
    public const string QueuedJobs = "queuedJobs";

    /// <inheritdoc cref="TenantQuotas.StorageBytes"/>
    public const string StorageBytes = "storageBytes";

    /// <summary>Workflows of a tenant that have not ended: bounded by the installation.</summary>
    public const string Workflows = "workflows";

    /// <summary>The rule of policies that bounds jobs and sessions together: no quota, but counted where quotas are.</summary>
    public const string Concurrency = "concurrency";
}
