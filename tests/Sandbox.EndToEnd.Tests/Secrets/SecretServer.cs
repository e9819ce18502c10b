using Sandbox.EndToEnd.Tests.Egress;

namespace Sandbox.EndToEnd.Tests.Secrets;

/// <summary>A server and a site that it may send secrets to; one for the tests of a class.</summary>
public sealed class SecretServer : IAsyncLifetime
{
    internal DataDirectory Data { get; } = new();

    internal LocalSite Site { get; private set; } = null!;

    internal SandboxServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Site = await LocalSite.Start();
        await Start(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Site.DisposeAsync();
        Data.Dispose();
    }

    /// <summary>Starts a server in place of one that has ended.</summary>
    internal async Task Start(CancellationToken cancellationToken)
    {
        var authorities = Path.Combine(Path.GetDirectoryName(Data.LogFile)!, "authorities.pem");
        await File.WriteAllTextAsync(authorities, Site.Certificate, cancellationToken);
        Server = await SandboxServer.Start(
            Data, cancellationToken, ("Sandbox__Egress__SpecialRanges__0", $"{LocalSite.Address}/32"), ("Sandbox__Egress__AuthoritiesFile", authorities));
    }
}
