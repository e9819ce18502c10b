using System.Net;

namespace Sandbox.EndToEnd.Tests.Egress;

/// <summary>A server whose operator has opened what the tests serve, and the site that they serve; one for the tests of a class.</summary>
public sealed class EgressServer : IAsyncLifetime
{
    private readonly DataDirectory _data = new();

    /// <summary>Folder of the files of the site.</summary>
    internal string Files { get; } = Directory.CreateTempSubdirectory("egress-").FullName;

    internal LocalSite Site { get; private set; } = null!;

    internal SandboxServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Site = await LocalSite.Start(Files);
        Server = await SandboxServer.Start(_data, TestContext.Current.CancellationToken, Opened());
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Site.DisposeAsync();
        _data.Dispose();
        Directory.Delete(Files, recursive: true);
    }

    /// <summary>Kills the server and starts another.</summary>
    internal async Task Kill(CancellationToken cancellationToken)
    {
        await Server.Kill(cancellationToken);
        Server = await SandboxServer.Start(_data, cancellationToken, Opened());
    }

    // What the tests serve, and what a mirror may stand in for the registry at, is not of the public internet.
    private static (string Name, string Value)[] Opened() =>
    [
        .. Dns.GetHostAddresses("registry.npmjs.org").Prepend(LocalSite.Address).Index()
            .Select(entry => ($"Sandbox__Egress__SpecialRanges__{entry.Index}", $"{entry.Item}/{entry.Item.GetAddressBytes().Length * 8}")),
    ];
}
