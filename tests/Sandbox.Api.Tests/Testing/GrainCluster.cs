using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Testing.Policies;

[assembly: AssemblyFixture(typeof(Sandbox.Api.Tests.Testing.GrainCluster))]

namespace Sandbox.Api.Tests.Testing;

/// <summary>One silo with scripted grains, for all tests of the assembly.</summary>
public sealed class GrainCluster : IAsyncLifetime
{
    private readonly InProcessTestCluster _cluster;

    public GrainCluster()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Jobs);
            silo.Services.AddSingleton<IPolicyStore>(Policies);
            // The real grains come along with the server's assembly; here the scripted ones answer in their place.
            silo.Services.Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly != typeof(GrainCluster).Assembly && type.Namespace?.StartsWith("Sandbox.Grains", StringComparison.Ordinal) == true));
        });
        _cluster = builder.Build();
    }

    internal ScriptedJobs Jobs { get; } = new();

    internal MemoryPolicyStore Policies { get; } = new();

    internal IGrainFactory Grains => _cluster.Client;

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
