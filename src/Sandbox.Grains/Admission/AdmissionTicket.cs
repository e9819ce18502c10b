namespace Sandbox.Grains.Admission;

/// <summary>A place in the node's queue, and then room on the node. Dispose it once, when the work no longer needs it.</summary>
public sealed class AdmissionTicket : IDisposable
{
    private readonly NodeAdmission _admission;
    private readonly Action _granted;
    private int _disposed;

    internal AdmissionTicket(NodeAdmission admission, string tenant, long memoryBytes, Action granted)
    {
        _admission = admission;
        _granted = granted;
        Tenant = tenant;
        MemoryBytes = memoryBytes;
    }

    /// <summary>True when the work may start.</summary>
    public bool IsGranted => GrantedAt is not null;

    internal string Tenant { get; }

    internal long MemoryBytes { get; }

    internal long? GrantedAt { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _admission.Leave(this);
    }

    internal void NotifyGranted() => _granted();
}
