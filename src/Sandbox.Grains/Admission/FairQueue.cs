using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Admission;

/// <summary>
/// A queue that serves tenants in turn, and the items of one tenant in order: a burst of one tenant delays another's work
/// by one item at most. Not thread-safe.
/// </summary>
internal sealed class FairQueue<T>
    where T : class
{
    private readonly Dictionary<string, LinkedList<T>> _byTenant = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _turns = new();

    /// <summary>Items of all tenants.</summary>
    public int Count { get; private set; }

    /// <summary>Items of one tenant.</summary>
    public int CountOf(string tenant) => _byTenant.TryGetValue(tenant, out var items) ? items.Count : 0;

    /// <summary>Adds an item behind the others of its tenant.</summary>
    public void Enqueue(string tenant, T item)
    {
        if (!_byTenant.TryGetValue(tenant, out var items))
        {
            _byTenant.Add(tenant, items = new LinkedList<T>());
            _turns.AddLast(tenant);
        }

        items.AddLast(item);
        Count++;
    }

    /// <summary>
    /// Takes the first item of the tenant whose turn it is. Only the heads of the tenants are looked at: a large item
    /// waits for room at the head of its tenant instead of being overtaken for ever by its tenant's small ones. A tenant whose head
    /// does not fit keeps its turn.
    /// </summary>
    public bool TryDequeue(Predicate<T> fits, [NotNullWhen(true)] out T? item)
    {
        for (var turn = _turns.First; turn is not null; turn = turn.Next)
        {
            var items = _byTenant[turn.Value];
            item = items.First!.Value;
            if (!fits(item))
                continue;
            items.RemoveFirst();
            Count--;
            _turns.Remove(turn);
            if (items.Count > 0)
                _turns.AddLast(turn);
            else
                _byTenant.Remove(turn.Value);
            return true;
        }

        item = null;
        return false;
    }

    /// <summary>Takes an item out, wherever it stands; false when it is not there.</summary>
    public bool Remove(string tenant, T item)
    {
        if (!_byTenant.TryGetValue(tenant, out var items) || !items.Remove(item))
            return false;
        Count--;
        if (items.Count == 0)
        {
            _byTenant.Remove(tenant);
            _turns.Remove(tenant);
        }

        return true;
    }
}
