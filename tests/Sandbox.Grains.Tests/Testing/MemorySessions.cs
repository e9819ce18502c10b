using System.Text.Json;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Lists of sessions over <see cref="MemoryStates"/>.</summary>
internal sealed class MemorySessionQueries(MemoryStates states) : ISessionQueries
{
    public Task<SessionPage> List(string tenantId, SessionFilter filter, SessionCursor? cursor, int limit, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<OpenSession> ListOpen(string node, CancellationToken cancellationToken = default) => states.Sessions
        .Where(row => row.View.Node == node && row.View.EndedAt is null)
        .Select(row => new OpenSession(row.Id, row.SandboxId))
        .ToAsyncEnumerable();

    public Task<IReadOnlyList<LiveSessionOwner>> ListLive(int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<SessionId>> ListDue(
        DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<SessionId>>([.. states.Sessions
            .Where(row => row.View.EndedAt < endedBefore || (row.View.EndedAt is null && row.View.ExpiresAt < expiredBefore))
            .Select(row => row.Id)
            .Take(limit)]);
}

/// <summary>Lists of snapshots over <see cref="MemoryStates"/>.</summary>
internal sealed class MemorySnapshotQueries(MemoryStates states) : ISnapshotQueries
{
    public Task<SnapshotPage> List(string tenantId, SnapshotFilter filter, SnapshotCursor? cursor, int limit, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<SnapshotId> ListUnfinished(string node, CancellationToken cancellationToken = default) =>
        states.Snapshots.Where(row => row.Node == node && row.Status == SnapshotStatus.Unfinished).Select(row => row.Id).ToList().ToAsyncEnumerable();

    public Task<IReadOnlyList<SnapshotId>> ListExpired(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<SnapshotId>>([.. states.Snapshots.Where(row => row.View.ExpiresAt < expiredBefore).Select(row => row.Id).Take(limit)]);
}

/// <summary>Steps in memory, as JSON, as a disk would keep them; can be made to fail.</summary>
internal sealed class MemorySteps : IStepStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Session, long Sequence), string> _steps = [];

    /// <summary>How many of the next calls of <see cref="Save"/> fail.</summary>
    public int Faults { get; set; }

    /// <summary>How often something was written.</summary>
    public int Writes { get; private set; }

    public Task Save(StepRecord step, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (Faults > 0)
            {
                Faults--;
                throw new IOException("The step store failed as it was told to.");
            }

            Writes++;
            _steps[(step.SessionId, step.Sequence)] = JsonSerializer.Serialize(step);
        }

        return Task.CompletedTask;
    }

    public Task<StepRecord?> Find(string sessionId, long sequence, CancellationToken cancellationToken = default) =>
        Task.FromResult(Of(sessionId).FirstOrDefault(step => step.Sequence == sequence));

    public Task<StepRecord?> FindByKey(string sessionId, string idempotencyKey, CancellationToken cancellationToken = default) =>
        Task.FromResult(Of(sessionId).FirstOrDefault(step => step.IdempotencyKey == idempotencyKey));

    public Task<IReadOnlyList<StepRecord>> List(string sessionId, bool background, long after, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<StepRecord>>([.. Of(sessionId).Where(step => step.Sequence > after && step.Background is not null == background).Take(limit)]);

    public Task<long?> NextAfter(string sessionId, long sequence, CancellationToken cancellationToken = default) =>
        Task.FromResult(Of(sessionId).FirstOrDefault(step => step.Sequence > sequence)?.Sequence);

    public Task<StepOverview> Overview(string sessionId, CancellationToken cancellationToken = default)
    {
        var steps = Of(sessionId);
        return Task.FromResult(new StepOverview(
            steps.Count > 0 ? steps[^1].Sequence : 0,
            [.. steps.Where(step => !step.Ended)],
            [.. steps.Where(step => step is { Ended: true, Kernel: not null }).GroupBy(step => step.Kernel).Select(group => group.Last())]));
    }

    public Task Delete(string sessionId, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            foreach (var key in _steps.Keys.Where(key => key.Session == sessionId).ToList())
                _steps.Remove(key);
        }

        return Task.CompletedTask;
    }

    private List<StepRecord> Of(string sessionId)
    {
        lock (_lock)
            return [.. _steps.Where(entry => entry.Key.Session == sessionId).Select(entry => JsonSerializer.Deserialize<StepRecord>(entry.Value)!)];
    }
}
