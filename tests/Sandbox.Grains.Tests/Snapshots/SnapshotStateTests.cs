using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Snapshots;

namespace Sandbox.Grains.Tests.Snapshots;

public sealed class SnapshotStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Snapshot_IsThereOnlyWhenItIsComplete()
    {
        var begun = Begun();
        Assert.False(begun.IsThere(Now));
        Assert.Equal(SnapshotStatus.Unfinished, begun.ToRow().Status);

        var ready = begun.Complete("art_1", 5, 1);
        Assert.True(ready.IsThere(Now));
        Assert.Equal((SnapshotStatus.Ready, 5L, 1L), (ready.ToRow().Status, ready.View().SizeBytes, ready.View().Skipped));

        Assert.False(ready.Remove().IsThere(Now));
        Assert.Equal(SnapshotStatus.Unfinished, ready.Remove().ToRow().Status);
    }

    [Fact]
    public void Complete_OfOneThatIsReadyOrIsBeingRemoved_IsRefused()
    {
        var ready = Begun().Complete("art_1", 5, 0);

        Assert.Throws<InvalidOperationException>(() => ready.Complete("art_2", 5, 0));
        Assert.Throws<InvalidOperationException>(() => ready.Remove().Complete("art_2", 5, 0));
    }

    [Fact]
    public void Snapshot_PastItsTime_IsNotThere()
    {
        var ready = Begun(ttl: 60).Complete("art_1", 5, 0);

        Assert.True(ready.IsThere(Now.AddSeconds(59)));
        Assert.False(ready.IsThere(Now.AddSeconds(60)));
        Assert.True(Begun().Complete("art_1", 5, 0).IsThere(Now.AddYears(100)));
    }

    private static SnapshotState Begun(double? ttl = null) => SnapshotState.Begin(
        SnapshotId.New(), "alice", new SnapshotSpec("ses_1", null, false, ttl, new Dictionary<string, string>()), "f",
        new SessionSource("tenant", "sandbox", "node", SessionState.NoSpec, [], new EffectivePermit()), Now);
}
