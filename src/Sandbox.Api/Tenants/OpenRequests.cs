using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>
/// The requests that are being answered. What is still open when its key is removed or its credential expires is cut: streams of
/// events, terminals, transfers.
/// </summary>
internal sealed partial class OpenRequests(IApiKeyStore keys, TimeProvider time, ILogger<OpenRequests> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Entry, bool> _open = new();

    /// <summary>Watches over a request until what it answers with is disposed; null for a credential that stays good.</summary>
    public IDisposable? Watch(HttpContext context)
    {
        var (key, expiresAt) = CallerClaims.ToLease(context.User);
        if (key is null && expiresAt is null)
            return null;
        var entry = new Entry(this, context, key, expiresAt);
        _open[entry] = true;
        return entry;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Cut(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotChecked(exception);
            }
        }
    }

    private async Task Cut(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var group in _open.Keys.GroupBy(static entry => entry.Key))
        {
            var isGone = group.Key is { } key && await keys.Find(key, cancellationToken) is null;
            foreach (var entry in group)
            {
                if (isGone || entry.ExpiresAt <= now)
                    entry.Abort();
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The credentials of open requests could not be checked; it is tried again.")]
    private partial void LogNotChecked(Exception exception);

    private sealed class Entry(OpenRequests owner, HttpContext context, ApiKeyId? key, DateTimeOffset? expiresAt) : IDisposable
    {
        // The context serves another request afterwards, which must not be cut in this one's place.
        private readonly Lock _lock = new();
        private bool _ended;

        public ApiKeyId? Key => key;

        public DateTimeOffset? ExpiresAt => expiresAt;

        public void Abort()
        {
            lock (_lock)
            {
                if (!_ended)
                    context.Abort();
            }
        }

        public void Dispose()
        {
            lock (_lock)
                _ended = true;
            owner._open.TryRemove(this, out _);
        }
    }
}
