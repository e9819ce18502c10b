using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Nodes;
using Sandbox.Grains.Quotas;

namespace Sandbox.Grains.Admission;

/// <summary>
/// Decides when work may start on this node: slots and memory, the quotas of tenants, and a queue that is fair to them. One per silo.
/// </summary>
internal sealed partial class NodeAdmission : IDisposable
{
    /// <summary>So many of other tenants may get room before one that waits for memory; from then on room is kept for it.</summary>
    internal const int MostOvertakes = 16;

    /// <summary>How soon work that waits for its tenant's quota starts after another process, or a session, has freed some.</summary>
    internal static readonly TimeSpan QuotaInterval = TimeSpan.FromMilliseconds(500);

    private readonly TenantShares _shares;
    private readonly NodeDrain _drain;
    private readonly ILogger _logger;
    private readonly ITimer _quotaTimer;
    private readonly Lock _lock = new();
    private readonly FairQueue<AdmissionTicket> _queue = new();
    private readonly NodePlaces _places;

    public NodeAdmission(IOptions<NodeOptions> options, TenantShares shares, NodeDrain drain, TimeProvider time, ILogger<NodeAdmission> logger)
    {
        (_shares, _drain, _logger) = (shares, drain, logger);
        _places = new NodePlaces(options.Value, time);
        _quotaTimer = time.CreateTimer(_ => Recheck(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

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
                return _places.Running;
        }
    }

    /// <summary>What the node offers to jobs in all.</summary>
    public NodeRoom Capacity => _places.Capacity;

    /// <summary>What it could still take.</summary>
    public NodeRoom Free()
    {
        lock (_lock)
            return _places.Free(_queue.Count);
    }

    /// <summary>
    /// Asks for room. The ticket is granted at once, or later by <paramref name="granted"/>, which is called on another
    /// thread; refused when the queue is full. Disposing the ticket leaves the queue or gives the room back.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="granted">Called once, unless the ticket was granted in the answer.</param>
    public Reply<AdmissionTicket> Enter(AdmissionRequest work, Action granted)
    {
        if (_drain.Refuse() is { } draining)
            return draining;
        if (work.Limits.MemoryBytes > _places.Capacity.MemoryBytes)
            return new Refusal(RefusalCodes.CapacityExceeded, $"The node offers {_places.Capacity.MemoryBytes} bytes of memory in all.", "limits.memoryBytes");
        var quotas = _shares.QuotasOf(work.Tenant);
        if (quotas.RefuseEver(work.Limits) is { } never)
            return never;
        var ticket = new AdmissionTicket(this, work, counted: false, granted) { Quotas = quotas };
        List<AdmissionTicket> next = [];
        Refusal? refusal = null;
        try
        {
            lock (_lock)
            {
                _queue.Enqueue(work.Tenant, ticket);
                Serve(next);
                if (!ticket.IsGranted && (refusal = RefuseToWait(ticket)) is not null)
                    Forget(ticket);
            }
        }
        catch
        {
            // Nobody gets this ticket: granted later, its room would be nobody's to give back.
            Leave(ticket);
            throw;
        }
        finally
        {
            Notify(next, but: ticket);
        }

        return refusal is null ? ticket : refusal;
    }

    /// <summary>Room for work that was accepted earlier: never refused. It waits unless it runs already.</summary>
    /// <param name="work">The work.</param>
    /// <param name="running">Whether it runs already.</param>
    /// <param name="counted">Whether its share of a sandbox is durable already.</param>
    /// <param name="granted">Called once, unless the ticket was granted in the answer.</param>
    public AdmissionTicket Readmit(AdmissionRequest work, bool running, bool counted, Action granted)
    {
        var ticket = new AdmissionTicket(this, work, counted, granted);
        List<AdmissionTicket> next = [];
        lock (_lock)
        {
            if (running)
                return _places.Take(ticket);
            _queue.Enqueue(work.Tenant, ticket);
            Serve(next);
        }

        Notify(next, but: ticket);
        return ticket;
    }

    /// <inheritdoc/>
    public void Dispose() => _quotaTimer.Dispose();

    internal void Settle(AdmissionTicket ticket, TenantShare durable) => _shares.Settle(ticket.Work.Tenant, ticket.Work.Id, durable, ticket);

    internal void Leave(AdmissionTicket ticket)
    {
        List<AdmissionTicket> next = [];
        lock (_lock)
        {
            if (ticket.GrantedAt is { } since)
                _places.Give(ticket, since);
            Forget(ticket);
            Serve(next);
        }

        Notify(next);
    }

    private void Recheck()
    {
        List<AdmissionTicket> next = [];
        lock (_lock)
            Serve(next);
        Notify(next);
    }

    private void Serve(List<AdmissionTicket> next)
    {
        var waitsForQuota = false;
        while (_places.HasSlot)
        {
            var round = new AdmissionRound();
            var found = _queue.TryDequeue(ticket => TryGrant(ticket, round), out var granted);
            waitsForQuota |= round.WaitsForQuota;
            if (!found)
                break;
            next.Add(granted!);
        }

        // Nobody here says when another process frees some.
        if (waitsForQuota)
            _quotaTimer.Change(QuotaInterval, Timeout.InfiniteTimeSpan);
    }

    private bool TryGrant(AdmissionTicket ticket, AdmissionRound round)
    {
        if (round.IsOver)
            return false;
        if (!_places.HasMemory(ticket))
        {
            // What its tenant's quota would not let in keeps no room from others.
            if (!ticket.Counted && IsBeyondQuota(ticket, take: false))
                round.WaitsForQuota = true;
            else
                round.Pass(ticket);
            return false;
        }

        if (!ticket.Counted && IsBeyondQuota(ticket, take: true))
        {
            round.WaitsForQuota = true;
            return false;
        }

        foreach (var passed in round.Passed)
            passed.Overtaken++;
        _places.Take(ticket);
        return true;
    }

    // Where the use cannot be read it is looked at again a moment later: work waits, and nothing else is held up by it.
    private bool IsBeyondQuota(AdmissionTicket ticket, bool take)
    {
        var work = ticket.Work;
        try
        {
            if (!take)
                return _shares.Look(work.Tenant, work.Id, work.Share) is not null;
            if (_shares.Take(work.Tenant, work.Id, work.Share, ticket, out var quotas) is not null)
                return true;
            ticket.Quotas = quotas;
            return false;
        }
        catch (Exception e)
        {
            LogNotRead(_logger, work.Tenant, e);
            return true;
        }
    }

    private Refusal? RefuseToWait(AdmissionTicket ticket)
    {
        if (_shares.Take(ticket.Work.Tenant, ticket.Work.Id, TenantShare.Queued, ticket, out _) is { } breach)
            return breach.ToRefusal(_places.RetryAfter(_queue.Count));
        return _queue.Count > _places.Capacity.QueuedJobs ? new Refusal(RefusalCodes.QueueFull, "The queue of the node is full.", null, _places.RetryAfter(_queue.Count)) : null;
    }

    private void Forget(AdmissionTicket ticket)
    {
        if (!ticket.IsGranted)
            _queue.Remove(ticket.Work.Tenant, ticket);
        _shares.Drop(ticket.Work.Tenant, ticket.Work.Id, ticket);
    }

    private static void Notify(List<AdmissionTicket> granted, AdmissionTicket? but = null)
    {
        foreach (var ticket in granted.Where(ticket => ticket != but))
            ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.NotifyGranted(), ticket, preferLocal: false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What tenant {Tenant} uses could not be read; its work waits")]
    private static partial void LogNotRead(ILogger logger, string tenant, Exception exception);
}
