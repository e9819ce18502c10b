using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Pool;

namespace Sandbox.Runtime.Tests.Pool;

public sealed class PoolShelfTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    private static readonly SandboxSpec Spec = new("default", IsolationClass.Standard, new SandboxLimits(1, 1, 1, 1));

    private readonly PoolShelf _shelf = new(new PoolKey("default", "python", IsolationClass.Standard), minimum: 2);

    [Fact]
    public void Take_Several_OldestFirstAndEachOnce()
    {
        var (first, second) = (Add(), Add());
        Assert.Same(first, _shelf.Take());
        Assert.Same(second, _shelf.Take());
        Assert.Null(_shelf.Take());
    }

    [Fact]
    public void Take_DeadOne_IsPassedOverAndLeftForTakeStale()
    {
        var dead = Add();
        var live = Add();
        Disconnect(dead);
        Assert.Same(live, _shelf.Take());
        Assert.Null(_shelf.Take());
        Assert.Equal([dead], _shelf.TakeStale(Start, MaxAge, target: 2));
        Assert.Equal(0, _shelf.Ready);
    }

    [Theory]
    [InlineData(8, 2, 0, false)]
    [InlineData(8, 2, 99, false)]
    [InlineData(8, 2, 100, true)]
    [InlineData(8, 1, 0, true)]
    [InlineData(1, 0, 0, true)]
    public void MayMake_AfterAClaim_RestsWhileThereIsStock(int target, int ready, int millisecondsAfter, bool expected)
    {
        for (var i = 0; i < ready; i++)
            Add();
        _shelf.Demand(Start);
        Assert.Equal(expected, _shelf.MayMake(target, Start + TimeSpan.FromMilliseconds(millisecondsAfter), TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void Target_KeptForATime_EndsThatLongAfterTheLastDemand()
    {
        var shelf = new PoolShelf(new PoolKey("other", "python", IsolationClass.Standard), minimum: 1, TimeSpan.FromMinutes(15));
        Assert.Equal(0, shelf.Target(Start, 10, 0.1));
        shelf.Demand(Start);
        Assert.Equal(1, shelf.Target(Start + TimeSpan.FromMinutes(14), 10, 0.1));
        Assert.Equal(0, shelf.Target(Start + TimeSpan.FromMinutes(15), 10, 1));
    }

    [Fact]
    public void MayTry_AfterFailures_WaitsLongerEachTimeUpToAMinute()
    {
        var now = Start;
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            Assert.True(_shelf.MayTry(now));
            _shelf.Failed(now);
            Assert.False(_shelf.MayTry(now + TimeSpan.FromSeconds(seconds - 0.1)));
            now += TimeSpan.FromSeconds(seconds);
        }

        Add(now);
        _shelf.Failed(now);
        Assert.True(_shelf.MayTry(now + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Close_WithSomeReady_GivesThemUpAndTakesNoMore()
    {
        var ready = Add();
        Assert.Equal([ready], _shelf.Close());
        Assert.False(_shelf.Add(ready, Start));
        Assert.Equal(0, _shelf.Ready);
    }

    [Fact]
    public void TakeStale_TooOld_AreTakenOut()
    {
        var old = Add(Start);
        var young = Add(Start + MaxAge);
        Assert.Equal([old], _shelf.TakeStale(Start + MaxAge + TimeSpan.FromSeconds(1), MaxAge, target: 2));
        Assert.Same(young, _shelf.Take());
    }

    [Fact]
    public void TakeStale_ExactlyTheAge_Stays()
    {
        Add();
        Assert.Empty(_shelf.TakeStale(Start + MaxAge, MaxAge, target: 2));
    }

    [Fact]
    public void TakeStale_MoreThanWanted_ShrinksByOneAtATime()
    {
        var oldest = Add();
        Add();
        Add();
        Assert.Equal([oldest], _shelf.TakeStale(Start, MaxAge, target: 1));
        Assert.Single(_shelf.TakeStale(Start, MaxAge, target: 1));
        Assert.Empty(_shelf.TakeStale(Start, MaxAge, target: 1));
    }

    [Fact]
    public void TakeStale_DeadOnesAboveTheTarget_CostNoLiveOne()
    {
        Disconnect(Add());
        Add();
        Add();
        Assert.Single(_shelf.TakeStale(Start, MaxAge, target: 2));
        Assert.Equal(2, _shelf.Ready);
    }

    [Fact]
    public void TakeAll_LeavesNothing()
    {
        Assert.Equal([Add(), Add()], _shelf.TakeAll());
        Assert.Equal(0, _shelf.Ready);
    }

    [Fact]
    public void Target_Demand_RaisesItAboveTheMinimum()
    {
        Assert.Equal(2, _shelf.Target(Start, 10, 1));
        for (var i = 0; i < 500; i++)
            _shelf.Demand(Start);
        Assert.Equal(10, _shelf.Target(Start, 10, 1));
    }

    [Fact]
    public async Task Take_ManyThreads_NoneIsHandedOutTwice()
    {
        const int Count = 500;
        for (var i = 0; i < Count; i++)
            Add();
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var mine = new List<SandboxHandle>();
            while (_shelf.Take() is { } handle)
                mine.Add(handle);
            return mine;
        })));
        Assert.Equal(Count, taken.SelectMany(mine => mine).Select(handle => handle.Id).Distinct().Count());
        Assert.Equal(Count, taken.Sum(mine => mine.Count));
    }

    private SandboxHandle Add(DateTimeOffset? since = null)
    {
        var handle = new SandboxHandle(SandboxId.New(), Spec, new SilentAgent(), new AgentPorts("none", "none"), _ => { });
        _shelf.Add(handle, since ?? Start);
        return handle;
    }

    private static void Disconnect(SandboxHandle handle) => ((SilentAgent)handle.Agent).Disconnect();
}
