using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Sandbox.Silo;

/// <summary>
/// Before the silo joins: says in the membership table which processes of the data folder are no more. Their locks tell it for
/// certain. Without that, a silo that starts after all of them were killed would look for them for a minute and a half.
/// </summary>
internal sealed partial class DepartedMembers(IMembershipTable table, DataFolder folder, ILogger<DepartedMembers> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await table.InitializeMembershipTableAsync(true, cancellationToken);
        while (await FindDeparted(cancellationToken) is var (departed, etag, version))
        {
            departed.Status = SiloStatus.Dead;
            if (await table.UpdateRowAsync(departed, etag, version.Next(), cancellationToken))
                LogDeparted(departed.SiloName, departed.SiloAddress);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<(MembershipEntry Entry, string ETag, TableVersion Version)?> FindDeparted(CancellationToken cancellationToken)
    {
        var all = await table.ReadAllAsync(cancellationToken);
        foreach (var (entry, etag) in all.Members)
        {
            if (entry.Status != SiloStatus.Dead && !folder.IsHeldByAnother(entry.SiloName))
                return (entry, etag, all.Version);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Member} ({Silo}) was killed and is taken out of the cluster")]
    private partial void LogDeparted(string member, SiloAddress silo);
}
