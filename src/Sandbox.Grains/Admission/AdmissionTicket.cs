using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Admission;

/// <summary>A place in the node's queue, and then room on the node. Dispose it once, when the work no longer needs it.</summary>
internal sealed class AdmissionTicket : IDisposable
{
    private readonly NodeAdmission _admission;
    private readonly Action _granted;
    private int _disposed;

    internal AdmissionTicket(NodeAdmission admission, AdmissionRequest work, bool counted, Action granted)
    {
        _admission = admission;
        _granted = granted;
        Work = work;
        Counted = counted;
    }

    /// <summary>True when the work may start.</summary>
    public bool IsGranted => GrantedAt is not null;

    /// <summary>The tenant's quotas as they were when its share was taken; null where none was.</summary>
    public TenantQuotas? Quotas { get; internal set; }

    internal AdmissionRequest Work { get; }

    /// <summary>Whether its share is durable already, and so among what the tenant uses.</summary>
    internal bool Counted { get; }

    /// <summary>How many of other tenants have got room while this one waited for memory.</summary>
    internal int Overtaken { get; set; }

    internal long? GrantedAt { get; set; }

    /// <summary>A state with this share is durable.</summary>
    public void Settle(TenantShare durable) => _admission.Settle(this, durable);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _admission.Leave(this);
    }

    internal void NotifyGranted() => _granted();
}
