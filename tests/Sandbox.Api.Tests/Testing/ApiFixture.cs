namespace Sandbox.Api.Tests.Testing;

/// <summary>A server with default settings, for the tests of one class.</summary>
public sealed class ApiFixture(GrainCluster cluster) : IAsyncLifetime
{
    internal ApiServer Server { get; private set; } = null!;

    internal GrainCluster Cluster => cluster;

    internal ScriptedJobs Jobs => cluster.Jobs;

    public async ValueTask InitializeAsync() => Server = await ApiServer.Start(cluster);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
