using System.Text.Json;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Testing.Policies;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of policies promises, on every backend.</summary>
public abstract class PolicyStoreConformance(IStorageFixture fixture)
{
    private readonly IPolicyStore _store = fixture.Policies();
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_ADocument_IsReadWithEveryMember()
    {
        var document = new PolicyDocument
        {
            Languages = ["python"],
            Templates = [],
            Isolation = ["strong"],
            Limits = new PolicyLimits { Cpu = 0.5, MemoryBytes = 1L << 40, DiskBytes = 3, Processes = 4, WallSeconds = 5.5, OutputBytes = 0 },
            Ttl = new PolicyTtl { MaxSeconds = 60, MaxIdleSeconds = 1.5 },
            Egress = new PolicyEgress { Allow = [new EgressRule("*.example.org", null, [443]), new EgressRule(null, "10.0.0.0/8", null)] },
            Packages = new PolicyPackages { Python = new PackageAllowlist { Allow = ["numpy>=2"] }, Dependencies = "listed" },
            Secrets = ["TOKEN"],
            Services = new PolicyServices { Allowed = true, Ports = [8080] },
            Artifacts = new PolicyArtifacts { MaxBytes = 7 },
            Concurrency = 8,
        };
        var version = Version("default", 1) with { Document = document };
        Assert.True(await Append(version));

        var read = (await _store.Last(_tenant, "default", Cancel))!;

        Assert.Equal(JsonSerializer.Serialize(version), JsonSerializer.Serialize(read));
        Assert.Null(await _store.Last(_tenant + "x", "default", Cancel));
        Assert.Null(await _store.Last(_tenant, "defaul", Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Append_WhatDoesNotFollowUponTheLast_IsRefusedAndChangesNothing(int number)
    {
        await Append(Version("p", 1));

        Assert.False(await Append(Version("p", number) with { AgentId = "other" }));

        Assert.Equal("agent", Assert.Single((await _store.Versions(_tenant, "p", null, 10, Cancel)).Items).AgentId);
    }

    [Fact]
    public async Task Append_ManyAtOnce_EnterOne()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Append(Version("p", 1))));

        Assert.Single(answers, static entered => entered);
    }

    [Fact]
    public async Task Append_ARemoval_IsTheLastAndKeepsWhatWasBefore()
    {
        await Append(Version("p", 1));
        await Append(Version("p", 2) with { Document = null });

        var last = (await _store.Last(_tenant, "p", Cancel))!;

        Assert.Equal((2, true), (last.Version, last.Document is null));
        Assert.NotNull((await _store.Find(_tenant, "p", 1, Cancel))!.Document);
        Assert.Null(await _store.Find(_tenant, "p", 3, Cancel));
        Assert.Empty((await _store.List(_tenant, null, 10, Cancel)).Items);
    }

    [Fact]
    public async Task List_OfPolicies_PagesThroughThePresentVersions()
    {
        foreach (var name in new[] { "c", "a", "b", "gone" })
        {
            await Append(Version(name, 1));
            await Append(Version(name, 2) with { Document = name == "gone" ? null : new PolicyDocument() });
        }

        var first = await _store.List(_tenant, null, 2, Cancel);
        var second = await _store.List(_tenant, "b", 2, Cancel);

        Assert.Equal([("a", 2), ("b", 2)], first.Items.Select(static item => (item.Name, item.Version)));
        Assert.True(first.HasMore);
        Assert.Equal([("c", 2)], second.Items.Select(static item => (item.Name, item.Version)));
        Assert.False(second.HasMore);
    }

    [Fact]
    public async Task Versions_OfAPolicy_ComeLastFirst()
    {
        for (var number = 1; number <= 3; number++)
            await Append(Version("p", number));

        var first = await _store.Versions(_tenant, "p", null, 2, Cancel);
        var second = await _store.Versions(_tenant, "p", 2, 2, Cancel);

        Assert.Equal([3, 2], first.Items.Select(static item => item.Version));
        Assert.True(first.HasMore);
        Assert.Equal([1], second.Items.Select(static item => item.Version));
        Assert.False(second.HasMore);
    }

    private Task<bool> Append(PolicyVersion version) => _store.Append(version, PolicyStored.Event, Cancel);

    private PolicyVersion Version(string name, int number) =>
        new(_tenant, name, number, new PolicyDocument(), "agent", JobTestStates.Epoch.AddMinutes(number));
}
