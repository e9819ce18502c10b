using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
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

    private readonly NodeOptions _options;
    private readonly TenantShares _shares;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _quotaTimer;
    private readonly Lock _lock = new();
    private readonly FairQueue<AdmissionTicket> _queue = new();
    private int _running;
    private long _memory;
    private double _meanSeconds = 1;

    public NodeAdmission(IOptions<NodeOptions> options, TenantShares shares, TimeProvider time, ILogger<NodeAdmission> logger)
    {
        (_options, _shares, _time, _logger) = (options.Value, shares, time, logger);
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
                return _running;
        }
    }

    /// <summary>
    /// Asks for room. The ticket is granted at once, or later by <paramref name="granted"/>, which is called on another
    /// thread; refused when the queue is full. Disposing the ticket leaves the queue or gives the room back.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="granted">Called once, unless the ticket was granted in the answer.</param>
    public Reply<AdmissionTicket> Enter(AdmissionRequest work, Action granted)
    {
        if (work.Limits.MemoryBytes > _options.MemoryBytes)
            return new Refusal(RefusalCodes.CapacityExceeded, $"The node offers {_options.MemoryBytes} bytes of memory in all.", "limits.memoryBytes");
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
                return Grant(ticket);
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
            {
                _running--;
                _memory -= ticket.Work.Limits.MemoryBytes;
                _meanSeconds += (_time.GetElapsedTime(since).TotalSeconds - _meanSeconds) / 16;
            }

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
        while (_running < _options.Slots)
        {
            var round = new Round();
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

    private bool TryGrant(AdmissionTicket ticket, Round round)
    {
        if (round.IsOver)
            return false;
        if (!HasMemory(ticket))
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
        Grant(ticket);
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

    // What an earlier process of a larger node has accepted gets its room when it is alone.
    private bool HasMemory(AdmissionTicket ticket) => _running == 0 || _memory + ticket.Work.Limits.MemoryBytes <= _options.MemoryBytes;

    private Refusal? RefuseToWait(AdmissionTicket ticket)
    {
        if (_shares.Take(ticket.Work.Tenant, ticket.Work.Id, TenantShare.Queued, ticket, out _) is { } breach)
            return breach.ToRefusal(RetryAfter());
        return _queue.Count > _options.QueueLength ? new Refusal(RefusalCodes.QueueFull, "The queue of the node is full.", null, RetryAfter()) : null;
    }

    private AdmissionTicket Grant(AdmissionTicket ticket)
    {
        ticket.GrantedAt = _time.GetTimestamp();
        _running++;
        _memory += ticket.Work.Limits.MemoryBytes;
        return ticket;
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

    private TimeSpan RetryAfter() => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_queue.Count * _meanSeconds / _options.Slots), 1, 60));

    [LoggerMessage(Level = LogLevel.Warning, Message = "What tenant {Tenant} uses could not be read; its work waits")]
    private static partial void LogNotRead(ILogger logger, string tenant, Exception exception);

    // One look at the heads of the queue.
    private sealed class Round
    {
        public List<AdmissionTicket> Passed { get; } = [];

        /// <summary>The rest has to leave what room there is to one that was overtaken too often.</summary>
        public bool IsOver { get; private set; }

        public bool WaitsForQuota { get; set; }

        /// <summary>One lacks memory, and those behind it may overtake it.</summary>
        public void Pass(AdmissionTicket ticket)
        {
            Passed.Add(ticket);
            IsOver = ticket.Overtaken >= MostOvertakes;
        }
    }
}
