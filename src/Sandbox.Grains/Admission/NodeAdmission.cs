using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Grains.Admission;

/// <summary>
/// Decides when work may start on this node: slots and memory, and a queue that is fair to tenants. One per silo.
/// </summary>
public sealed class NodeAdmission(IOptions<NodeOptions> options, TimeProvider time)
{
    private readonly NodeOptions _options = options.Value;
    private readonly Lock _lock = new();
    private readonly FairQueue<AdmissionTicket> _queue = new();
    private int _running;
    private long _memory;
    private double _meanSeconds = 1;

    /// <summary>Work that waits.</summary>
    public int Queued
    {
        get
        {
            lock (_lock)
                return _queue.Count;
        }
    }

    /// <summary>Work that holds a slot.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    /// <summary>
    /// Asks for room. The ticket is granted at once, or later by <paramref name="granted"/>, which is called on another
    /// thread; refused when the queue is full. Disposing the ticket leaves the queue or gives the room back.
    /// </summary>
    /// <param name="tenant">Whose work it is.</param>
    /// <param name="memoryBytes">Memory that the work may use.</param>
    /// <param name="granted">Called once, unless the ticket was granted in the answer.</param>
    public Reply<AdmissionTicket> Enter(string tenant, long memoryBytes, Action granted)
    {
        if (memoryBytes > _options.MemoryBytes)
            return new Refusal(RefusalCodes.CapacityExceeded, $"The node offers {_options.MemoryBytes} bytes of memory in all.", "limits.memoryBytes");
        var ticket = new AdmissionTicket(this, tenant, memoryBytes, granted);
        lock (_lock)
        {
            if (_queue.Count == 0 && Fits(ticket))
                return Grant(ticket);
            if (_queue.CountOf(tenant) >= _options.QueueLengthPerTenant)
                return new Refusal(RefusalCodes.QuotaExceeded, $"The tenant has {_options.QueueLengthPerTenant} jobs waiting on this node already.", null, RetryAfter());
            if (_queue.Count >= _options.QueueLength)
                return new Refusal(RefusalCodes.QueueFull, "The queue of the node is full.", null, RetryAfter());
            _queue.Enqueue(tenant, ticket);
            return ticket;
        }
    }

    /// <summary>Room for work that was accepted by an earlier process: never refused. It waits unless it runs already.</summary>
    public AdmissionTicket Readmit(string tenant, long memoryBytes, bool running, Action granted)
    {
        var ticket = new AdmissionTicket(this, tenant, memoryBytes, granted);
        lock (_lock)
        {
            if (running || (_queue.Count == 0 && Fits(ticket)))
                return Grant(ticket);
            _queue.Enqueue(tenant, ticket);
            return ticket;
        }
    }

    internal void Leave(AdmissionTicket ticket)
    {
        List<AdmissionTicket> next = [];
        lock (_lock)
        {
            if (ticket.GrantedAt is { } since)
            {
                _running--;
                _memory -= ticket.MemoryBytes;
                _meanSeconds += (time.GetElapsedTime(since).TotalSeconds - _meanSeconds) / 16;
            }
            else
            {
                _queue.Remove(ticket.Tenant, ticket);
            }

            while (_queue.TryDequeue(Fits, out var waiting))
                next.Add(Grant(waiting));
        }

        foreach (var granted in next)
            ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.NotifyGranted(), granted, preferLocal: false);
    }

    private bool Fits(AdmissionTicket ticket) => _running < _options.Slots && _memory + ticket.MemoryBytes <= _options.MemoryBytes;

    private AdmissionTicket Grant(AdmissionTicket ticket)
    {
        ticket.GrantedAt = time.GetTimestamp();
        _running++;
        _memory += ticket.MemoryBytes;
        return ticket;
    }

    private TimeSpan RetryAfter() => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_queue.Count * _meanSeconds / _options.Slots), 1, 60));
}
