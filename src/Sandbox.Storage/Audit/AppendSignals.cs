using System.Collections.Concurrent;

namespace Sandbox.Storage.Audit;

/// <summary>Wakes whoever waits for the record of a tenant. Costs nothing where nobody does.</summary>
internal sealed class AppendSignals
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>Completes with the next <see cref="Tell"/>.</summary>
    public Task Next(string tenantId) =>
        // Continuations would run on the writer's thread.
        _waiting.GetOrAdd(tenantId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Events were committed.</summary>
    public void Tell(IEnumerable<string> tenants)
    {
        foreach (var tenant in tenants)
        {
            if (_waiting.TryRemove(tenant, out var waiting))
                waiting.SetResult();
        }
    }
}
