using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Sandbox.Silo;

namespace Sandbox.Api.Embedded;

/// <summary>Writes into the data folder where the server listens, for the command line to find, and takes it back.</summary>
internal sealed class ServerAnnouncement(IServer server, DataFolder folder) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address)
            folder.Announce(address);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        folder.Withdraw();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Registers the announcement of an embedded server.</summary>
internal static class ServerAnnouncementRegistration
{
    public static IServiceCollection AddServerAnnouncement(this IServiceCollection services) =>
        services.AddHostedService<ServerAnnouncement>();
}
