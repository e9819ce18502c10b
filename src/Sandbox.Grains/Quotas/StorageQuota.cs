using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Quotas;

/// <summary>Bounds what tenants store: what is durable, of every process, and what flows into the store, of this one.</summary>
internal sealed class StorageQuota(ITenantUsage usage, ITenantQuotas quotas) : IStorageQuota
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    // So often, in bytes, it is looked what others have stored meanwhile.
    private const long Stride = 1L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _flowing = new(StringComparer.Ordinal);

    public IStorageRoom Enter(string tenantId) => new Room(this, tenantId);

    // Null where so many bytes more, beyond what was taken before, are within the quota; then they are taken.
    private QuotaBreach? Take(string tenant, long bytes)
    {
        lock (_lock)
        {
            var standing = usage.Read(tenant, []);
            var most = quotas.Defaults.With(standing.Overrides).StorageBytes;
            var flowing = _flowing.GetValueOrDefault(tenant);
            if (standing.Use.StorageBytes + flowing + bytes > most)
                return new QuotaBreach(QuotaNames.StorageBytes, most, standing.Use.StorageBytes);
            _flowing[tenant] = flowing + bytes;
            return null;
        }
    }

    private void Give(string tenant, long bytes)
    {
        lock (_lock)
        {
            var left = _flowing.GetValueOrDefault(tenant) - bytes;
            if (left > 0)
                _flowing[tenant] = left;
            else
                _flowing.Remove(tenant);
        }
    }

    private sealed class Room : IStorageRoom
    {
        private readonly StorageQuota _quota;
        private readonly string _tenant;
        private long _taken;
        private long _counted;

        public Room(StorageQuota quota, string tenant)
        {
            (_quota, _tenant) = (quota, tenant);
            // A quota that is used up to its last byte has no room for the next one.
            if (quota.Take(tenant, 1) is { } breach)
                Refusal = breach.ToRefusal(RetryAfter);
            else
                _taken = 1;
        }

        public Refusal? Refusal { get; }

        public Stream Meter(Stream content) => new MeteredStream(content, Count);

        public void Dispose() => _quota.Give(_tenant, Interlocked.Exchange(ref _taken, 0));

        private void Count(int bytes)
        {
            _counted += bytes;
            if (_counted <= _taken)
                return;
            // As far as there is: near its end the quota is asked for each piece.
            var missing = _counted - _taken;
            if (_quota.Take(_tenant, missing + Stride) is null)
                _taken += missing + Stride;
            else if (_quota.Take(_tenant, missing) is { } breach)
                throw new QuotaExceededException(breach);
            else
                _taken += missing;
        }
    }
}
