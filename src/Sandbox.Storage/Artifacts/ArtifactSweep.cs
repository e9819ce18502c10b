using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Removes, once after the start, what a killed process left: unfinished bytes, and bytes whose row was never written or already
/// removed. Then, every minute, artifacts and signed URLs whose time is over: until then nobody could read them any more either.
/// </summary>
internal sealed partial class ArtifactSweep(
    ArtifactPlaces places, SqliteWriter writer, SqliteReaders readers, TimeProvider time, ILogger<ArtifactSweep> logger) : BackgroundService
{
    private const int MostAtOnce = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the path of the start: nothing waits for it.
        await Task.Yield();
        await Try(Sweep, stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await Try(Expire, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Removes the rubbish; how much it was.</summary>
    internal async Task<int> Sweep(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var bytes in places.All)
            removed += await bytes.Sweep(id => readers.Read(session => ArtifactTable.Exists(session, id)), cancellationToken);
        if (removed > 0)
            LogSwept(logger, removed);
        return removed;
    }

    /// <summary>Removes what has expired; how many artifacts it was.</summary>
    internal async Task<int> Expire(CancellationToken cancellationToken)
    {
        var removed = 0;
        List<ExpiredArtifact> expired;
        do
        {
            var now = time.GetUtcNow();
            expired = await writer.Write(session => Expire(session, now), WriteScope.Savepoint, cancellationToken: cancellationToken);
            await places.Delete(expired.Select(static artifact => artifact.Removed));
            removed += expired.Count;
        }
        while (expired.Count == MostAtOnce);
        return removed;
    }

    // The row goes first: killed behind that, what remains is bytes that nobody can read, for the sweep of the next start.
    private static List<ExpiredArtifact> Expire(SqliteSession session, DateTimeOffset now)
    {
        ArtifactUrlTable.DeleteExpired(session, now);
        var expired = ArtifactTable.DeleteExpired(session, now, MostAtOnce);
        AuditTable.Append(session, [.. expired.Select(EventOf)], now);
        return expired;
    }

    private static AuditEvent EventOf(ExpiredArtifact artifact) => AuditEvent.OfItself(
        artifact.TenantId, ArtifactOwner.AgentOf(artifact.Owner), AuditActions.ArtifactExpired,
        new AuditResource(AuditResourceTypes.Artifact, artifact.Removed.Id.ToString()), AuditOutcomes.Succeeded);

    private async Task Try(Func<CancellationToken, Task<int>> sweep, CancellationToken stoppingToken)
    {
        try
        {
            await sweep(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // The store itself is not affected.
            LogSweepFailed(logger, exception);
        }
    }
}
