using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Removes, once after the start, what a killed process left: temporary files, and files whose row was never
/// written or already removed.
/// </summary>
internal sealed partial class ArtifactSweep(ArtifactFiles files, SqliteReaders readers, ILogger<ArtifactSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the path of the start: nothing waits for it.
        await Task.Yield();
        try
        {
            var removed = Sweep(stoppingToken);
            if (removed > 0)
                LogSwept(logger, removed);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What was not swept now is swept at the next start; the store itself is not affected.
            LogSweepFailed(logger, exception);
        }
    }

    /// <summary>Removes the rubbish; how many files it was.</summary>
    internal int Sweep(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (path, id, isPartial) in files.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!HasRow() && ArtifactFiles.DeleteUnlessLocked(path, HasRow))
                removed++;

            bool HasRow() => !isPartial && readers.Read(session => ArtifactTable.Exists(session, id));
        }

        return removed;
    }
}
