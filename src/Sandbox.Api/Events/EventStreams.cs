namespace Sandbox.Api.Events;

/// <summary>The open streams of events of this process, so many of a tenant at most: each reads the record whenever something is added to it.</summary>
internal sealed class EventStreams
{
    /// <summary>Most streams of one tenant.</summary>
    public const int MostOfTenant = 100;

    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Counts a stream until the answer is disposed; null where the tenant has as many as it may have.</summary>
    public IDisposable? Enter(string tenant)
    {
        lock (_open)
        {
            var open = _open.GetValueOrDefault(tenant);
            if (open >= MostOfTenant)
                return null;
            _open[tenant] = open + 1;
            return new Place(this, tenant);
        }
    }

    private void Leave(string tenant)
    {
        lock (_open)
        {
            if (--_open[tenant] == 0)
                _open.Remove(tenant);
        }
    }

    private sealed class Place(EventStreams streams, string tenant) : IDisposable
    {
        public void Dispose() => streams.Leave(tenant);
    }
}
