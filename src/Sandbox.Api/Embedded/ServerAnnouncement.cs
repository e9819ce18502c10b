using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Sandbox.Silo;

namespace Sandbox.Api.Embedded;

/// <summary>Writes into the data folder where the server listens, for the command line to find, and takes it back.</summary>
internal sealed class ServerAnnouncement(IServer server, DataFolder folder, IOptions<EmbeddedOptions> options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(IsForClients) is { } address)
            folder.Announce(address, options.Value.Members);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        folder.Withdraw();
        return Task.CompletedTask;
    }

    private static bool IsForClients(string address) => !address.StartsWith("http://unix:", StringComparison.Ordinal);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
