namespace Sandbox.EndToEnd.Tests.Packages;

/// <summary>A server and the index that its sandboxes install from; one for the tests of a class.</summary>
public sealed class PackageServer : IAsyncLifetime
{
    private readonly DataDirectory _data = new();
    private SandboxServer _server = null!;

    internal WheelIndex Index { get; private set; } = null!;

    internal SandboxClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        Index = await WheelIndex.Start();
        Index.Add("alpha", "1.0", "beta");
        Index.Add("alpha", "2.0", "beta");
        Index.Add("beta", "3.0");
        Index.Add("gamma", "1.0");
        Index.Add("kappa", "1.0", "beta");
        _server = await SandboxServer.Start(_data, TestContext.Current.CancellationToken, ("Sandbox__Packages__PythonIndex", Index.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Index.DisposeAsync();
        _data.Dispose();
    }
}
