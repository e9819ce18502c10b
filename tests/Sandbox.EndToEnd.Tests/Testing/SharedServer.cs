[assembly: AssemblyFixture(typeof(Sandbox.EndToEnd.Tests.Testing.SharedServer))]

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>One server for all tests that do not end it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly DataDirectory _data = new();
    private SandboxServer? _server;

    internal SandboxClient Client => _server!.Client;

    public async ValueTask InitializeAsync() => _server = await SandboxServer.Start(_data, CancellationToken.None, SandboxServer.WithPool);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _data.Dispose();
    }
}
