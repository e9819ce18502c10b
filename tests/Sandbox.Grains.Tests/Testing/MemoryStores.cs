using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Output in memory; can be made to fail.</summary>
internal sealed class MemoryOutputs : IOutputStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<long, OutputEvent>> _events = [];

    /// <summary>How many of the next calls fail.</summary>
    public int Faults { get; set; }

    public Task Append(string owner, IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDue();
            if (!_events.TryGetValue(owner, out var stored))
                _events.Add(owner, stored = []);
            foreach (var entry in events)
                stored[entry.Id] = entry;
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OutputEvent>> Read(string owner, long after, int maxBytes, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDue();
            var all = _events.TryGetValue(owner, out var stored) ? stored.Values.Where(entry => entry.Id > after) : [];
            long bytes = 0;
            return Task.FromResult<IReadOnlyList<OutputEvent>>([.. all.TakeWhile((entry, index) => (bytes += entry.Data.Length) <= maxBytes || index == 0)]);
        }
    }

    public Task Trim(string owner, long keepBytes, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDue();
            var all = _events[owner].Values.ToList();
            var kept = all.Count;
            for (var left = keepBytes; kept > 0 && (left -= all[kept - 1].Data.Length + IOutputStore.EventCost) >= 0;)
                kept--;
            if (kept == 0)
                return Task.CompletedTask;
            var mark = all.Take(kept).Aggregate(default(OutputTotals), (totals, entry) => totals.Plus(entry)).ToDropped(all[kept - 1].Id);
            all.Take(kept).ToList().ForEach(entry => _events[owner].Remove(entry.Id));
            _events[owner].Add(mark.Id, mark);
        }

        return Task.CompletedTask;
    }

    public Task<OutputPlace> Locate(string owner, string? kind, long offset, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var place = new OutputPlace(0, default);
            foreach (var entry in _events.TryGetValue(owner, out var stored) ? stored.Values : Enumerable.Empty<OutputEvent>())
            {
                var behind = place.Totals.Plus(entry);
                if (behind.Of(kind) > offset && entry.Kind != OutputEventKinds.Dropped)
                    break;
                place = new OutputPlace(entry.Id, behind);
            }

            return Task.FromResult(place);
        }
    }

    public Task Delete(string owner, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            foreach (var key in _events.Keys.Where(key => key == owner || key.StartsWith($"{owner}/", StringComparison.Ordinal)).ToList())
                _events.Remove(key);
        }

        return Task.CompletedTask;
    }

    private void ThrowIfDue()
    {
        if (Faults == 0)
            return;
        Faults--;
        throw new IOException("The output store failed as it was told to.");
    }
}

/// <summary>Artifacts in memory; can be made to fail.</summary>
internal sealed class MemoryArtifacts : IArtifactStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Tenant, ArtifactInfo Info, byte[] Content)> _artifacts = [];
    private readonly HashSet<string> _damaged = [];

    /// <summary>How many of the next calls of <see cref="Store"/> fail.</summary>
    public int Faults { get; set; }

    /// <summary>What was recorded with the last artifact.</summary>
    public AuditEvent? Recorded { get; private set; }

    /// <summary>Makes <see cref="Store"/> wait before it stores; null lets it through.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>Completes when somebody has brought something to store.</summary>
    public SemaphoreSlim Brought { get; } = new(0);

    public IReadOnlyList<ArtifactInfo> All
    {
        get
        {
            lock (_lock)
                return [.. _artifacts.Values.Select(entry => entry.Info)];
        }
    }

    /// <summary>How much of a tenant is stored.</summary>
    public long BytesOf(string tenant)
    {
        lock (_lock)
            return _artifacts.Values.Where(entry => entry.Tenant == tenant).Sum(entry => entry.Info.SizeBytes);
    }

    public async Task<ArtifactInfo> Put(string tenantId, string owner, string name, Stream content, long maxBytes, CancellationToken cancellationToken = default) =>
        (await Store(new ArtifactDraft(tenantId, owner, name), content, maxBytes, cancellationToken)).Info;

    public async Task<StoredArtifact> Store(ArtifactDraft draft, Stream content, long maxBytes, CancellationToken cancellationToken = default)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        Brought.Release();
        if (Hold is { } hold)
            await hold.Task.WaitAsync(cancellationToken);
        lock (_lock)
        {
            if (Faults > 0)
            {
                Faults--;
                throw new IOException("The artifact store failed as it was told to.");
            }

            if (buffer.Length > maxBytes)
                throw new ArtifactTooLargeException(maxBytes);
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(buffer.ToArray()));
            if (draft.Sha256 is { } expected && expected != sha256)
                throw new ArtifactDigestException();
            var info = new ArtifactInfo(
                ArtifactId.New().ToString(), draft.Name, buffer.Length, sha256, draft.ContentType ?? "text/plain", draft.Owner, DateTimeOffset.UnixEpoch, draft.ExpiresAt);
            _artifacts.Add(info.Id, (draft.TenantId, info, buffer.ToArray()));
            Recorded = draft.Recorded?.Invoke(info);
            return new StoredArtifact(info);
        }
    }

    public Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(_artifacts.TryGetValue(artifactId, out var entry) && entry.Tenant == tenantId ? entry.Info : null);
    }

    public Task<ArtifactPage> List(string tenantId, ArtifactCursor? cursor, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_damaged.Contains(artifactId))
                throw new InvalidDataException("Damaged, as it was told to be.");
            return Task.FromResult<Stream?>(_artifacts.TryGetValue(artifactId, out var entry) && entry.Tenant == tenantId ? new MemoryStream(entry.Content) : null);
        }
    }

    /// <summary>Damages everything that is stored.</summary>
    public void Damage()
    {
        lock (_lock)
            _damaged.UnionWith(_artifacts.Keys);
    }

    public Task<bool> Delete(string tenantId, string artifactId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<int> DeleteOwned(string tenantId, string owner, CancellationToken cancellationToken = default) =>
        Delete(tenantId, made => made == owner);

    public Task<int> DeleteOwnedByParts(string tenantId, string owner, CancellationToken cancellationToken = default) =>
        Delete(tenantId, made => made.StartsWith(owner + ".", StringComparison.Ordinal));

    private Task<int> Delete(string tenantId, Func<string, bool> isOwner)
    {
        lock (_lock)
        {
            var owned = _artifacts.Where(entry => entry.Value.Tenant == tenantId && isOwner(entry.Value.Info.Owner)).Select(entry => entry.Key).ToList();
            owned.ForEach(id => _artifacts.Remove(id));
            return Task.FromResult(owned.Count);
        }
    }
}

/// <summary>Lists over <see cref="MemoryStates"/>.</summary>
internal sealed class MemoryQueries(MemoryStates states) : IJobQueries
{
    public Task<JobPage> List(string tenantId, JobFilter filter, JobCursor? cursor, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<OpenJob> ListOpen(string node, CancellationToken cancellationToken = default) => states.Rows
        .Where(row => row.Node == node && row.View.FinishedAt is null)
        .Select(row => new OpenJob(row.Id, row.SandboxId))
        .ToAsyncEnumerable();

    public Task<IReadOnlyList<JobId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<JobId>>([.. states.Rows.Where(row => row.View.FinishedAt < endedBefore).Select(row => row.Id).Take(limit)]);
}
