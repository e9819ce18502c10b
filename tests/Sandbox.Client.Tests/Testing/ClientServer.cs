namespace Sandbox.Client.Tests.Testing;

/// <summary>A scripted server, and clients of it whose pauses cost nothing.</summary>
public abstract class ClientServer : IAsyncLifetime
{
    private readonly List<SandboxClient> _clients = [];

    internal ScriptedServer Server { get; private set; } = null!;

    internal HastyTime Time { get; } = new();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Server = await ScriptedServer.Start();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
    }

    /// <summary>A client of the server.</summary>
    internal SandboxClient Client(SandboxClientOptions? options = null)
    {
        var client = new SandboxClient(new Uri(Server.Url), "key", (options ?? new SandboxClientOptions()) with { TimeProvider = Time });
        _clients.Add(client);
        return client;
    }
}
