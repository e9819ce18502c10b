using Microsoft.Extensions.DependencyInjection;
using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Two processes make sandboxes on one node for one installation.</summary>
public sealed class TwoProcessesTests(DefaultNode node) : IClassFixture<DefaultNode>
{
    private static readonly SandboxLimits Limits = new(1, 128 << 20, 16 << 20, 32);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sweep_OfTheOtherProcess_LeavesAloneWhatALivingOneHasMade()
    {
        await using var mine = await node.Runtime.Create(node.Spec(Limits), Token);
        await using (var other = await node.StartAnother())
        {
            var runtime = other.GetRequiredService<ISandboxRuntime>();
            var theirs = await runtime.Create(node.Spec(Limits), Token);
            await theirs.DisposeAsync();

            Assert.Equal(1, await runtime.Sweep(new HashSet<SandboxId>(), Token));
            Assert.Equal([mine.Id], node.Runtime.ListOwn());
            Assert.Equal(0, await node.Runtime.SweepOrphans(new HashSet<SandboxId>(), Token));
        }

        Assert.Equal("mine\n", (await FinishedRun.Command(mine, ["/bin/echo", "mine"])).Text);
        await node.Runtime.Destroy(mine.Id, Token);
        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task SweepOrphans_AfterTheOtherProcess_RemovesWhatItMadeButNotWhatIsClaimed()
    {
        SandboxId claimed, left;
        await using (var other = await node.StartAnother())
        {
            claimed = await Make(other);
            left = await Make(other);
            Assert.Empty(node.Runtime.ListOwn());
        }

        await using var mine = await node.Runtime.Create(node.Spec(Limits), Token);
        Assert.Equal(1, await node.Runtime.SweepOrphans(new HashSet<SandboxId> { claimed }, Token));
        Assert.Equal(new[] { claimed, mine.Id }.ToHashSet(), node.Runtime.ListOwn().ToHashSet());
        Assert.Null(await node.Runtime.Find(left, Token));
        await using (var found = await node.Runtime.Find(claimed, Token))
            Assert.Equal("found\n", (await FinishedRun.Command(found!, ["/bin/echo", "found"])).Text);
        Assert.Equal(2, await node.Runtime.Sweep(new HashSet<SandboxId>(), Token));
        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Create_InBothAtOnce_NoTwoSandboxesShareIds()
    {
        await using var other = await node.StartAnother();
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => number % 2 == 0
            ? node.Runtime.Create(node.Spec(Limits), Token)
            : other.GetRequiredService<ISandboxRuntime>().Create(node.Spec(Limits), Token)));
        Assert.Equal(6, made.Select(handle => BoxRecord.Read(node.Layout.BoxOf(handle.Id))!.HostId).Distinct().Count());
        foreach (var handle in made)
        {
            await handle.DisposeAsync();
            await node.Runtime.Destroy(handle.Id, Token);
        }

        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task End_OfTheLastProcess_LeavesNoFolderUnlessASandboxIsLeft()
    {
        await using var own = new DefaultNode();
        await own.InitializeAsync();
        var (layout, groups) = (own.Layout, own.Groups);
        await using (var kept = await own.Runtime.Create(own.Spec(Limits), Token))
        {
            await own.Restart();
            Assert.True(Directory.Exists(layout.BoxOf(kept.Id)));
            await own.Runtime.Destroy(kept.Id, Token);
        }

        await own.Stop();

        Assert.False(Directory.Exists(layout.InstanceRun));
        Assert.Empty(groups.Children(layout.CgroupParent));
        // Ends again with the test, as every node does.
        await own.Restart();
    }

    private async Task<SandboxId> Make(IServiceProvider process)
    {
        var handle = await process.GetRequiredService<ISandboxRuntime>().Create(node.Spec(Limits), Token);
        await handle.DisposeAsync();
        return handle.Id;
    }
}
