using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Lists;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.GrainState;

/// <summary>
/// Grain state in SQLite. The version of the row is the etag; state that is in lists carries its row of
/// the query tables, and state that tells of events these, in the same transaction; a share of a tenant's quotas is counted in it, too.
/// </summary>
internal sealed class SqliteGrainStorage(
    SqliteWriter writer,
    SqliteReaders readers,
    GrainStateJson json,
    IActivatorProvider activators,
    IOptions<ClusterOptions> cluster,
    TimeProvider time) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        var (version, state) = readers.Read(session => GrainStateTable.Find(session, key, json.Deserialize<T>));
        grainState.ETag = version?.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = version is not null;
        grainState.State = state ?? activators.GetActivator<T>().Create();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        var expected = ParseETag(grainState.ETag);
        // State and row are taken now, on the grain's own turn: the grain may go on before the commit.
        using var payload = json.Serialize(grainState.State);
        using var index = IndexEntry.From(grainState.State, json);
        var events = (grainState.State as IAudited)?.Events ?? [];
        var bound = (grainState.State as IQuotaBound)?.Bound;
        var now = time.GetUtcNow();
        var version = await writer.Write(
            session =>
            {
                var row = expected is null
                    ? GrainStateTable.Insert(session, key, payload.Written, now)
                    : GrainStateTable.Update(session, key, expected.Value, payload.Written, now);
                index?.Write(session, row.Id, bound);
                AuditTable.Append(session, events, now);
                return row.Version;
            },
            index is null && events.Count == 0 ? WriteScope.SingleStatement : WriteScope.Savepoint,
            payload.Length);
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        var expected = ParseETag(grainState.ETag);
        // Rows of the query tables follow by their foreign keys.
        await writer.Write(session => GrainStateTable.Delete(session, key, expected), WriteScope.SingleStatement);
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = activators.GetActivator<T>().Create();
    }

    private GrainStateKey Key(string stateName, GrainId grainId) =>
        new(cluster.Value.ServiceId, grainId.Type.ToString()!, grainId.Key.ToString()!, stateName);

    private static long? ParseETag(string? etag) =>
        string.IsNullOrEmpty(etag) ? null : long.Parse(etag, NumberStyles.None, CultureInfo.InvariantCulture);
}
