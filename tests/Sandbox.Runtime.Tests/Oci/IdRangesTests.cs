using System.Collections.Concurrent;
using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Tests.Oci;

public sealed class IdRangesTests
{
    private const long First = 1_000_000;

    [Fact]
    public void Acquire_UntilNoneIsLeft_RangesDoNotOverlap()
    {
        var ranges = new IdRanges(First, 3);
        Assert.Equal([First, First + IdRanges.Size, First + (2 * IdRanges.Size)], [ranges.Acquire(), ranges.Acquire(), ranges.Acquire()]);
        Assert.Null(ranges.Acquire());
    }

    [Fact]
    public void Release_OneOfSeveral_ComesBackAsLateAsPossible()
    {
        var ranges = new IdRanges(First, 3);
        var first = ranges.Acquire()!.Value;
        ranges.Release(first);
        Assert.Equal([Slot(1), Slot(2), first], [ranges.Acquire(), ranges.Acquire(), ranges.Acquire()]);
    }

    [Fact]
    public void Release_Twice_DoesNotHandItOutTwice()
    {
        var ranges = new IdRanges(First, 1);
        var range = ranges.Acquire()!.Value;
        ranges.Release(range);
        ranges.Release(range);
        Assert.NotNull(ranges.Acquire());
        Assert.Null(ranges.Acquire());
    }

    [Fact]
    public void Release_NeverAcquired_ChangesNothing()
    {
        var ranges = new IdRanges(First, 1);
        ranges.Release(First);
        Assert.NotNull(ranges.Acquire());
        Assert.Null(ranges.Acquire());
    }

    [Fact]
    public void Reserve_OfAnEarlierProcess_IsNotHandedOut()
    {
        var ranges = new IdRanges(First, 3);
        ranges.Reserve(Slot(1));
        Assert.Equal([Slot(0), Slot(2), null], [ranges.Acquire(), ranges.Acquire(), ranges.Acquire()]);
    }

    [Fact]
    public void Release_OfAReservedOne_HandsItOutOnce()
    {
        var ranges = new IdRanges(First, 2);
        ranges.Reserve(Slot(1));
        Assert.Equal([Slot(0), null], [ranges.Acquire(), ranges.Acquire()]);
        ranges.Release(Slot(1));
        Assert.Equal([Slot(1), null], [ranges.Acquire(), ranges.Acquire()]);
    }

    [Fact]
    public void Release_OfAReservedOneBeforeItsTurn_HandsItOutOnce()
    {
        var ranges = new IdRanges(First, 2);
        ranges.Reserve(Slot(1));
        ranges.Release(Slot(1));
        Assert.Equal([Slot(0), Slot(1), null], [ranges.Acquire(), ranges.Acquire(), ranges.Acquire()]);
    }

    [Theory]
    [InlineData(First - 1)]
    [InlineData(First - IdRanges.Size)]
    [InlineData(0)]
    [InlineData(First + IdRanges.Size)]
    [InlineData(long.MaxValue / 2)]
    public void Release_NotOurs_FreesNothing(long hostId)
    {
        var ranges = new IdRanges(First, 1);
        ranges.Acquire();
        ranges.Reserve(hostId);
        ranges.Release(hostId);
        Assert.Null(ranges.Acquire());
    }

    [Fact]
    public async Task Acquire_ManyThreads_NoRangeHasTwoOwners()
    {
        var ranges = new IdRanges(First, 4);
        var owned = new ConcurrentDictionary<long, int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (ranges.Acquire() is not { } range)
                    continue;
                Assert.True(owned.TryAdd(range, worker));
                Assert.True(owned.TryRemove(range, out _));
                ranges.Release(range);
            }
        })));
        Assert.Equal(4, Enumerable.Range(0, 8).Count(_ => ranges.Acquire() is not null));
    }

    private static long Slot(int number) => First + ((long)number * IdRanges.Size);
}
