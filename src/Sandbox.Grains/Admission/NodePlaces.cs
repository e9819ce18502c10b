using Sandbox.Grains.Abstractions.Nodes;

namespace Sandbox.Grains.Admission;

/// <summary>Slots and memory of this node, and who has them. Used under the lock of <see cref="NodeAdmission"/>.</summary>
internal sealed class NodePlaces(NodeOptions options, TimeProvider time)
{
    private long _memory;
    private double _meanSeconds = 1;

    /// <summary>Work that holds a slot.</summary>
    public int Running { get; private set; }

    public bool HasSlot => Running < options.Slots;

    /// <summary>What the node offers to jobs in all.</summary>
    public NodeRoom Capacity => new(options.Slots, options.MemoryBytes, options.QueueLength, Sessions: 0);

    /// <summary>What it could still take where so many wait.</summary>
    public NodeRoom Free(int queued) => new(
        Math.Max(0, options.Slots - Running), Math.Max(0, options.MemoryBytes - _memory), Math.Max(0, options.QueueLength - queued), Sessions: 0);

    // What an earlier process of a larger node has accepted gets its room when it is alone.
    public bool HasMemory(AdmissionTicket ticket) => Running == 0 || _memory + ticket.Work.Limits.MemoryBytes <= options.MemoryBytes;

    public AdmissionTicket Take(AdmissionTicket ticket)
    {
        ticket.GrantedAt = time.GetTimestamp();
        Running++;
        _memory += ticket.Work.Limits.MemoryBytes;
        return ticket;
    }

    public void Give(AdmissionTicket ticket, long since)
    {
        Running--;
        _memory -= ticket.Work.Limits.MemoryBytes;
        _meanSeconds += (time.GetElapsedTime(since).TotalSeconds - _meanSeconds) / 16;
    }

    /// <summary>When a place is likely where so many wait.</summary>
    public TimeSpan RetryAfter(int queued) => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(queued * _meanSeconds / options.Slots), 1, 60));
}
