using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Quotas;

/// <summary>What tenants may use, and use.</summary>
internal sealed class UsageReading(ITenantUsage usage, ITenantQuotas quotas, RequestBuckets buckets, TenantRequests requests)
{
    public Usage Of(string tenant)
    {
        var standing = usage.Read(tenant, []);
        var bucket = requests.BucketOf(tenant, standing.Overrides);
        return Usage.Of(tenant, quotas.Defaults.With(standing.Overrides), standing.Use, bucket, buckets.Read(bucket));
    }
}
