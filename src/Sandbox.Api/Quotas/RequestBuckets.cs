using System.Threading.RateLimiting;

namespace Sandbox.Api.Quotas;

/// <summary>Who shares a bucket of requests, and how large it is: another size is another bucket, so that a change holds at once.</summary>
/// <param name="Owner">A tenant, or an address.</param>
/// <param name="PerSecond">Requests that flow in each second.</param>
/// <param name="Burst">Requests that it holds.</param>
internal readonly record struct RequestBucket(string Owner, int PerSecond, int Burst);

/// <summary>What is left of a bucket.</summary>
/// <param name="IsIn">Whether there was a request in it.</param>
/// <param name="Remaining">Requests that may come at once.</param>
/// <param name="FullAfter">How long until it is full, where none come.</param>
internal readonly record struct BucketState(bool IsIn, int Remaining, TimeSpan FullAfter)
{
    /// <summary>Tells the caller, in the headers that most clients understand; times are seconds from now, as in <c>Retry-After</c>.</summary>
    public void WriteTo(HttpResponse response, RequestBucket bucket)
    {
        response.Headers["X-RateLimit-Limit"] = $"{bucket.Burst}";
        response.Headers["X-RateLimit-Remaining"] = $"{Remaining}";
        response.Headers["X-RateLimit-Reset"] = $"{(long)Math.Ceiling(FullAfter.TotalSeconds)}";
    }
}

/// <summary>Counts the requests of this process. A bucket that is full again is forgotten.</summary>
internal sealed class RequestBuckets : IDisposable
{
    private readonly PartitionedRateLimiter<RequestBucket> _limiter = PartitionedRateLimiter.Create<RequestBucket, RequestBucket>(
        static bucket => RateLimitPartition.GetTokenBucketLimiter(bucket, static bucket => new TokenBucketRateLimiterOptions
        {
            TokenLimit = bucket.Burst,
            TokensPerPeriod = bucket.PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    /// <summary>Takes a request out of a bucket.</summary>
    public BucketState Take(RequestBucket bucket)
    {
        using var lease = _limiter.AttemptAcquire(bucket);
        return Read(bucket) with { IsIn = lease.IsAcquired };
    }

    /// <summary>What is left of a bucket.</summary>
    public BucketState Read(RequestBucket bucket)
    {
        var remaining = (int)(_limiter.GetStatistics(bucket)?.CurrentAvailablePermits ?? bucket.Burst);
        return new BucketState(remaining > 0, remaining, TimeSpan.FromSeconds((bucket.Burst - remaining) / (double)bucket.PerSecond));
    }

    public void Dispose() => _limiter.Dispose();
}
