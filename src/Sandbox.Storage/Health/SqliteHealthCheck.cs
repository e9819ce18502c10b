using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Health;

/// <summary>Healthy when a write was committed in time, by the way that every write takes.</summary>
internal sealed class SqliteHealthCheck(SqliteWriter writer, TimeProvider time, IOptions<SqliteStorageOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Cancelling, not only no longer waiting: probes must not pile up before a writer that is stuck.
        using var timeout = new CancellationTokenSource(options.Value.HealthTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await Probe(linked.Token).WaitAsync(linked.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The database cannot be written.", exception);
        }
    }

    private Task<int> Probe(CancellationToken cancellationToken) =>
        writer.Write(
            session =>
            {
                using var statement = session.Prepare(
                    "INSERT INTO storage_probe(id, written_at) VALUES(1, ?) ON CONFLICT(id) DO UPDATE SET written_at = excluded.written_at");
                return statement.Bind(time.GetUtcNow()).Execute();
            },
            WriteScope.SingleStatement,
            cancellationToken: cancellationToken);
}
