using System.Collections.Concurrent;
using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Tests.Oci;

public sealed class IdRangesTests : IDisposable
{
    private const long First = 1_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("ranges-").FullName;
    private readonly SandboxId _sandbox = SandboxId.New();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Acquire_UntilNoneIsLeft_RangesDoNotOverlap()
    {
        var ranges = Ranges(3);
        Assert.Equal([First, First + IdRanges.Size, First + (2 * IdRanges.Size)], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
        Assert.Null(ranges.Acquire(_sandbox));
    }

    [Fact]
    public void Release_OneOfSeveral_ComesBackAsLateAsPossible()
    {
        var ranges = Ranges(3);
        var first = ranges.Acquire(_sandbox)!.Value;
        ranges.Release(first, _sandbox);
        Assert.Equal([Slot(1), Slot(2), first], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
    }

    [Fact]
    public void Release_Twice_DoesNotHandItOutTwice()
    {
        var ranges = Ranges(1);
        var range = ranges.Acquire(_sandbox)!.Value;
        ranges.Release(range, _sandbox);
        ranges.Release(range, _sandbox);
        Assert.NotNull(ranges.Acquire(_sandbox));
        Assert.Null(ranges.Acquire(_sandbox));
    }

    [Fact]
    public void Release_NeverAcquired_ChangesNothing()
    {
        var ranges = Ranges(1);
        ranges.Release(First, _sandbox);
        Assert.NotNull(ranges.Acquire(_sandbox));
        Assert.Null(ranges.Acquire(_sandbox));
    }

    [Fact]
    public void Reserve_OfAnEarlierProcess_IsNotHandedOut()
    {
        var ranges = Ranges(3);
        ranges.Reserve(Slot(1), _sandbox);
        Assert.Equal([Slot(0), Slot(2), null], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
    }

    [Fact]
    public void Release_OfAReservedOne_HandsItOutOnce()
    {
        var ranges = Ranges(2);
        ranges.Reserve(Slot(1), _sandbox);
        Assert.Equal([Slot(0), null], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
        ranges.Release(Slot(1), _sandbox);
        Assert.Equal([Slot(1), null], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
    }

    [Fact]
    public void Release_OfAReservedOneBeforeItsTurn_HandsItOutOnce()
    {
        var ranges = Ranges(2);
        ranges.Reserve(Slot(1), _sandbox);
        ranges.Release(Slot(1), _sandbox);
        Assert.Equal([Slot(0), Slot(1), null], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
    }

    [Theory]
    [InlineData(First - 1)]
    [InlineData(First - IdRanges.Size)]
    [InlineData(0)]
    [InlineData(First + IdRanges.Size)]
    [InlineData(long.MaxValue / 2)]
    public void Release_NotOurs_FreesNothing(long hostId)
    {
        var ranges = Ranges(1);
        ranges.Acquire(_sandbox);
        ranges.Reserve(hostId, _sandbox);
        ranges.Release(hostId, _sandbox);
        Assert.Null(ranges.Acquire(_sandbox));
    }

    [Fact]
    public async Task Acquire_ManyThreads_NoRangeHasTwoOwners()
    {
        var ranges = Ranges(4);
        var owned = new ConcurrentDictionary<long, int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (ranges.Acquire(_sandbox) is not { } range)
                    continue;
                Assert.True(owned.TryAdd(range, worker));
                Assert.True(owned.TryRemove(range, out _));
                ranges.Release(range, _sandbox);
            }
        })));
        Assert.Equal(4, Enumerable.Range(0, 8).Count(_ => ranges.Acquire(_sandbox) is not null));
    }

    [Fact]
    public void Acquire_TwoProcesses_NoRangeHasTwoOwners()
    {
        var (one, other) = (Ranges(3), Ranges(3));
        long?[] taken = [one.Acquire(SandboxId.New()), other.Acquire(SandboxId.New()), one.Acquire(SandboxId.New()), other.Acquire(SandboxId.New())];
        Assert.Equal([Slot(0), Slot(1), Slot(2), null], taken);
    }

    [Fact]
    public void Release_ByTheOtherProcessAndThenAgain_LeavesItToWhoHasItNow()
    {
        var (one, other) = (Ranges(1), Ranges(1));
        Assert.Equal(First, one.Acquire(_sandbox));
        other.Release(First, _sandbox);
        Assert.Equal(First, other.Acquire(SandboxId.New()));
        one.Release(First, _sandbox);
        Assert.Null(one.Acquire(_sandbox));
    }

    [Fact]
    public void Sweep_AfterAKilledProcess_FreesWhatNoSandboxHolds()
    {
        var ranges = Ranges(3);
        var living = SandboxId.New();
        ranges.Acquire(living);
        ranges.Acquire(SandboxId.New());
        Directory.CreateDirectory(Path.Combine(_folder, "2"));
        ranges.Sweep(new HashSet<SandboxId> { living });
        Assert.Equal([Slot(2), Slot(1), null], [ranges.Acquire(_sandbox), ranges.Acquire(_sandbox), ranges.Acquire(_sandbox)]);
    }

    private IdRanges Ranges(int count) => new(_folder, First, count);

    private static long Slot(int number) => First + ((long)number * IdRanges.Size);
}
