using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>
/// Grain state as JSON in memory, with versions as a real storage has them, and with faults on demand. It outlives the
/// silo, as a disk does.
/// </summary>
internal sealed class MemoryStates(IAuditLog audit) : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<(string Name, string Key), (string Text, long Version)> _states = new();
    private readonly ConcurrentDictionary<string, JobRow> _rows = new();
    private readonly ConcurrentDictionary<string, SessionRow> _sessions = new();
    private readonly ConcurrentDictionary<string, ServiceRow> _services = new();
    private readonly ConcurrentDictionary<string, SnapshotRow> _snapshots = new();
    private readonly ConcurrentDictionary<string, WorkflowRow> _workflows = new();
    private readonly ConcurrentDictionary<StorageCall, int> _faults = new();
    private readonly Lock _shares = new();

    /// <summary>Names of states and keys of grains that have something stored.</summary>
    public IReadOnlyCollection<(string Name, string Key)> Stored => [.. _states.Keys];

    public IEnumerable<JobRow> Rows => _rows.Values.OrderBy(row => row.View.CreatedAt);

    public IEnumerable<SessionRow> Sessions => _sessions.Values.OrderBy(row => row.View.CreatedAt);

    public IEnumerable<ServiceRow> Services => _services.Values.OrderBy(row => row.View.CreatedAt);

    public IEnumerable<SnapshotRow> Snapshots => _snapshots.Values.OrderBy(row => row.View.CreatedAt);

    public IEnumerable<WorkflowRow> Workflows => _workflows.Values.OrderBy(row => row.View.CreatedAt);

    /// <summary>What a tenant's jobs and sessions use, without some.</summary>
    public TenantUse UseOf(string tenant, IReadOnlyCollection<string> except) => Rows.Select(row => (row.TenantId, Id: row.Id.ToString(), row.Share))
        .Concat(Sessions.Select(row => (row.TenantId, Id: row.Id.ToString(), row.Share)))
        .Concat(Services.Select(row => (row.TenantId, Id: row.Id.ToString(), row.Share)))
        .Where(entry => entry.TenantId == tenant && !except.Contains(entry.Id))
        .Aggregate(default(TenantUse), (use, entry) => use.Plus(entry.Share));

    /// <summary>Lets the next calls of a kind fail.</summary>
    public void Fail(StorageCall call, int times = 1) => _faults[call] = times;

    /// <summary>Whether every fault that was asked for has happened.</summary>
    public bool FaultsHappened => _faults.Values.All(left => left == 0);

    /// <summary>Puts a state there as an earlier process would have left it.</summary>
    public void Seed<T>(string name, string key, T state)
    {
        _states[(name, key)] = (JsonSerializer.Serialize(state, Json), 1);
        Index(key, state);
    }

    /// <summary>What is durable.</summary>
    public T? Read<T>(string name, string key)
        where T : class => _states.TryGetValue((name, key), out var entry) ? JsonSerializer.Deserialize<T>(entry.Text, Json) : null;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = _states.TryGetValue((stateName, Key(grainId)), out var entry);
        grainState.State = found ? JsonSerializer.Deserialize<T>(entry.Text, Json)! : Activator.CreateInstance<T>();
        grainState.ETag = found ? entry.Version.ToString(CultureInfo.InvariantCulture) : null;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var text = JsonSerializer.Serialize(grainState.State, Json);
        var state = grainState.State;
        await Task.Yield();
        ThrowIfDue(new StorageCall(stateName, Write: true));
        var version = Checked(stateName, grainId, grainState.ETag) + 1;
        lock (_shares)
        {
            CheckShare(state);
            Index(Key(grainId), state);
        }

        foreach (var what in (state as IAudited)?.Events ?? [])
            await audit.Append(what);
        _states[(stateName, Key(grainId))] = (text, version);
        ThrowIfDue(new StorageCall(stateName, Write: true, AfterCommit: true));
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        ThrowIfDue(new StorageCall(stateName, Write: false));
        Checked(stateName, grainId, grainState.ETag);
        _states.TryRemove((stateName, Key(grainId)), out _);
        if (typeof(T).IsAssignableTo(typeof(IJobIndexed)))
            _rows.TryRemove(Key(grainId), out _);
        if (typeof(T).IsAssignableTo(typeof(ISessionIndexed)))
            _sessions.TryRemove(Key(grainId), out _);
        if (typeof(T).IsAssignableTo(typeof(IServiceIndexed)))
            _services.TryRemove(Key(grainId), out _);
        if (typeof(T).IsAssignableTo(typeof(ISnapshotIndexed)))
            _snapshots.TryRemove(Key(grainId), out _);
        if (typeof(T).IsAssignableTo(typeof(IWorkflowIndexed)))
            _workflows.TryRemove(Key(grainId), out _);
        ThrowIfDue(new StorageCall(stateName, Write: false, AfterCommit: true));
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private void CheckShare(object? state)
    {
        if (state is not IQuotaBound { Bound: { } bound })
            return;
        var (tenant, id, share) = state switch
        {
            ISessionIndexed session when session.ToRow() is var row => (row.TenantId, row.Id.ToString(), row.Share),
            IServiceIndexed service when service.ToRow() is var row => (row.TenantId, row.Id.ToString(), row.Share),
            _ => ((IJobIndexed)state).ToRow() is var job ? (job.TenantId, job.Id.ToString(), job.Share) : default,
        };
        if (bound.Refuse(UseOf(tenant, [id]), share) is { } breach)
            throw new QuotaExceededException(breach);
    }

    private void Index(string key, object? state)
    {
        if (state is IJobIndexed job)
            _rows[key] = job.ToRow();
        if (state is ISessionIndexed session)
            _sessions[key] = session.ToRow();
        if (state is IServiceIndexed service)
            _services[key] = service.ToRow();
        if (state is ISnapshotIndexed snapshot)
            _snapshots[key] = snapshot.ToRow();
        if (state is IWorkflowIndexed workflow)
            _workflows[key] = workflow.ToRow();
    }

    private long Checked(string stateName, GrainId grainId, string? expected)
    {
        long? version = _states.TryGetValue((stateName, Key(grainId)), out var entry) ? entry.Version : null;
        if (version?.ToString(CultureInfo.InvariantCulture) != expected)
            throw new InconsistentStateException($"Version {version} is stored, {expected} was expected.", version?.ToString(CultureInfo.InvariantCulture), expected);
        return version ?? 0;
    }

    private void ThrowIfDue(StorageCall call)
    {
        while (_faults.TryGetValue(call, out var left) && left > 0)
        {
            if (_faults.TryUpdate(call, left - 1, left))
                throw new IOException($"The storage failed as it was told to: {call}.");
        }
    }

    private static string Key(GrainId grainId) => grainId.Key.ToString()!;
}

/// <summary>A call of the storage that can be made to fail.</summary>
/// <param name="State">Name of the state.</param>
/// <param name="Write">True for a write, false for a removal.</param>
/// <param name="AfterCommit">Fail although it has become durable.</param>
internal sealed record StorageCall(string State, bool Write, bool AfterCommit = false);
