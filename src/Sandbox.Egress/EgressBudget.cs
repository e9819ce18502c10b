using System.Threading.RateLimiting;
using Sandbox.Protocol;

namespace Sandbox.Egress;

/// <summary>
/// What one sandbox may still send and receive, and how often it may ask. It outlives the connections to the sandbox's agent: who
/// has taken the agent over and cuts them gains nothing by it.
/// </summary>
public sealed class EgressBudget : IAsyncDisposable
{
    private readonly Lazy<TokenBucketRateLimiter> _rate;
    private long _bytesLeft;

    /// <param name="options">The bounds.</param>
    public EgressBudget(EgressOptions options)
    {
        _bytesLeft = options.MaxBytes;
        // Most sandboxes never ask for anything.
        _rate = new Lazy<TokenBucketRateLimiter>(() => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(1, options.MaxConnectionsPerMinute / 10),
            TokensPerPeriod = Math.Max(1, options.MaxConnectionsPerMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            // Each tunnel waits with one request at a time.
            QueueLimit = EgressProxy.MostConnections,
        }));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _rate.IsValueCreated ? _rate.Value.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>Completes when the sandbox may ask for something again: for a connection, or of a host that exists only here.</summary>
    internal async Task Admit(CancellationToken cancellationToken)
    {
        using var lease = await _rate.Value.AcquireAsync(1, cancellationToken);
        if (!lease.IsAcquired)
            throw new IOException("More is asked for at one time than there are tunnels.");
    }

    /// <summary>Takes bytes of all its connections together; false where that is used up.</summary>
    internal bool Take(int bytes) => Interlocked.Add(ref _bytesLeft, -bytes) >= 0;
}
