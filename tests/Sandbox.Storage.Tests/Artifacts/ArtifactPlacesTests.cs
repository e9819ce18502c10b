using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sandbox.Storage.Artifacts;
using Sandbox.Testing.Artifacts;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Artifacts;

/// <summary>Where bytes lie is a setting, which the start checks and which may change.</summary>
public sealed class ArtifactPlacesTests
{
    // Nothing listens there.
    private const string Unreachable = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string?, string> WrongSettings => new()
    {
        { "elsewhere", null, "sandbox" },
        { ArtifactStores.Azure, null, "sandbox" },
        { ArtifactStores.Azure, " ", "sandbox" },
        { ArtifactStores.Azure, Unreachable, "No Name" },
        { ArtifactStores.Azure, Unreachable, "a--b" },
    };

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task Start_WrongSettings_EndsWithThem(string store, string? connectionString, string container) =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => SqliteFixture.Create(more: Of(store, connectionString, container)));

    [Fact]
    public async Task Start_ConnectionStringThatIsNone_SaysSoWithoutIt()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SqliteFixture.Create(more: Of(ArtifactStores.Azure, "AccountKey=c2VjcmV0", "sandbox")));

        Assert.Contains("Sandbox:Artifacts:Azure", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Artifacts_OfBeforeAChangeOfTheSetting_StayReadableAndGo()
    {
        await using var azurite = await Azurite.Start();
        var settings = Of(ArtifactStores.Local, null, "sandbox");
        await using var fixture = await SqliteFixture.Create(more: services => settings(services));
        var tenant = JobTestStates.NewTenant();
        var local = await fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream([1]), 1, Cancel);
        settings = Of(ArtifactStores.Azure, azurite.ConnectionString, "sandbox");
        await fixture.Restart();
        var remote = await fixture.Artifacts().Put(tenant, "job_1", "b", new MemoryStream([2]), 1, Cancel);

        await using (var first = await fixture.Artifacts().OpenRead(tenant, local.Id, Cancel))
            Assert.Equal(1, first!.ReadByte());
        settings = Of(ArtifactStores.Local, null, "sandbox");
        // What lies there could be neither read nor removed.
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart);
        Assert.Contains("'azure'", refused.Message, StringComparison.Ordinal);
        settings = Of(ArtifactStores.Local, azurite.ConnectionString, "sandbox");
        await fixture.Restart();
        await using (var second = await fixture.Artifacts().OpenRead(tenant, remote.Id, Cancel))
            Assert.Equal(2, second!.ReadByte());
        Assert.Equal(2, await fixture.Artifacts().DeleteOwned(tenant, "job_1", Cancel));
    }

    private static Action<IServiceCollection> Of(string store, string? connectionString, string container) => services =>
        services.Configure<ArtifactStoreOptions>(options =>
        {
            options.Store = store;
            options.Azure.ConnectionString = connectionString;
            options.Azure.Container = container;
        });
}
