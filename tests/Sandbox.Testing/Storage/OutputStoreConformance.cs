using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of output promises, on every backend.</summary>
public abstract class OutputStoreConformance(IStorageFixture fixture)
{
    private readonly IOutputStore _output = fixture.JobOutput();
    private readonly string _job = JobId.New().ToString();

    [Fact]
    public async Task Read_AfterAnId_GivesTheRestInOrder()
    {
        await _output.Append(_job, [Event(1, "a"), Event(5, "b")], Cancel);
        await _output.Append(_job, [Event(9, "")], Cancel);
        await _output.Append(JobId.New().ToString(), [Event(2, "other")], Cancel);

        Assert.Equal([1, 5, 9], (await Read(after: 0)).Select(item => item.Id));
        var last = Assert.Single(await Read(after: 5));
        Assert.Empty(last.Data);
        Assert.Equal(OutputEventKinds.Stdout, last.Kind);
        Assert.Empty(await Read(after: 9));
    }

    [Fact]
    public async Task Append_TheSameAgain_IsANoOp()
    {
        await _output.Append(_job, [Event(1, "a"), Event(2, "b")], Cancel);
        await _output.Append(_job, [Event(2, "b"), Event(3, "c")], Cancel);

        Assert.Equal("abc", string.Concat((await Read(after: 0)).Select(item => Encoding.UTF8.GetString(item.Data))));
    }

    [Fact]
    public async Task Append_KnownIdWithOtherContent_IsRefusedAsAWhole()
    {
        await _output.Append(_job, [Event(2, "b")], Cancel);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _output.Append(_job, [Event(1, "a"), Event(2, "x")], Cancel));

        Assert.Equal([2], (await Read(after: 0)).Select(item => item.Id));
    }

    [Fact]
    public async Task Append_AnyBytes_AreKept()
    {
        var bytes = new byte[256];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)i;
        await _output.Append(_job, [new OutputEvent(1, OutputEventKinds.Stderr, bytes)], Cancel);

        Assert.Equal(bytes, Assert.Single(await Read(after: 0)).Data);
    }

    [Fact]
    public async Task Append_Nothing_Succeeds() => await _output.Append(_job, [], Cancel);

    [Fact]
    public async Task Read_ByteBound_StopsBeforeItButAlwaysAdvances()
    {
        await _output.Append(_job, [Event(1, "aaaa"), Event(2, "bbbb"), Event(3, "cccc")], Cancel);

        Assert.Equal([1, 2], (await _output.Read(_job, 0, 8, Cancel)).Select(item => item.Id));
        Assert.Equal([1], (await _output.Read(_job, 0, 7, Cancel)).Select(item => item.Id));
        Assert.Equal([1], (await _output.Read(_job, 0, 1, Cancel)).Select(item => item.Id));
    }

    [Fact]
    public async Task Trim_KeepsTheEndAndSaysWhatIsGone()
    {
        await _output.Append(_job, [Event(1, "aaaa"), Event(2, "bb", OutputEventKinds.Stderr), Event(5, "cccc"), Event(6, "dddd")], Cancel);

        await _output.Trim(_job, 2 * (4 + IOutputStore.EventCost), Cancel);
        var first = await Read(after: 0);
        await _output.Append(_job, [Event(7, "e"), Event(8, "f")], Cancel);
        await _output.Trim(_job, 2 * (4 + IOutputStore.EventCost), Cancel);
        var second = await Read(after: 0);
        await _output.Trim(_job, 1000, Cancel);

        Assert.Equal([2, 5, 6], first.Select(item => item.Id));
        Assert.Equal(OutputEventKinds.Dropped, first[0].Kind);
        Assert.Equal(new OutputTotals(4, 2), OutputTotals.Parse(first[0].Data));
        Assert.Equal([6, 7, 8], second.Select(item => item.Id));
        Assert.Equal(new OutputTotals(12, 2), OutputTotals.Parse(second[0].Data));
        Assert.Equal(second.Select(item => item.Id), (await Read(after: 0)).Select(item => item.Id));
    }

    [Fact]
    public async Task Trim_OfEverything_LeavesTheMark()
    {
        await _output.Append(_job, [Event(3, "aaaa")], Cancel);

        await _output.Trim(_job, 0, Cancel);
        await _output.Trim(_job, 0, Cancel);

        Assert.Equal((3, OutputEventKinds.Dropped), (Assert.Single(await Read(after: 0)).Id, (await Read(after: 0))[0].Kind));
    }

    [Theory]
    [InlineData(OutputEventKinds.Stdout, 0, 0, 0)]
    [InlineData(OutputEventKinds.Stdout, 3, 0, 0)]
    [InlineData(OutputEventKinds.Stdout, 4, 2, 4)]
    [InlineData(OutputEventKinds.Stdout, 7, 2, 4)]
    [InlineData(OutputEventKinds.Stdout, 8, 5, 8)]
    [InlineData(OutputEventKinds.Stdout, 99, 5, 8)]
    [InlineData(OutputEventKinds.Stderr, 1, 1, 0)]
    [InlineData(null, 5, 1, 4)]
    [InlineData(null, 6, 2, 6)]
    public async Task Locate_AnOffset_FindsTheEventsBehindIt(string? kind, long offset, long after, long before)
    {
        await _output.Append(_job, [Event(1, "aaaa"), Event(2, "bb", OutputEventKinds.Stderr), Event(5, "cccc")], Cancel);

        var place = await _output.Locate(_job, kind, offset, Cancel);

        Assert.Equal((after, before), (place.After, place.Totals.Of(kind)));
    }

    [Fact]
    public async Task Locate_WhatWasDropped_FindsWhatFollows()
    {
        await _output.Append(_job, [Event(1, "aaaa"), Event(2, "bbbb")], Cancel);
        await _output.Trim(_job, 4 + IOutputStore.EventCost, Cancel);

        var place = await _output.Locate(_job, OutputEventKinds.Stdout, 1, Cancel);

        Assert.Equal((1, 4), (place.After, place.Totals.Stdout));
        Assert.Equal(new OutputPlace(0, default), await _output.Locate(JobId.New().ToString(), null, 5, Cancel));
    }

    [Fact]
    public async Task Delete_OfAJob_RemovesItsOutputOnly()
    {
        var other = JobId.New().ToString();
        await _output.Append(_job, [Event(1, "a")], Cancel);
        await _output.Append(other, [Event(1, "a")], Cancel);

        await _output.Delete(_job, Cancel);

        Assert.Empty(await Read(after: 0));
        Assert.Single(await _output.Read(other, 0, int.MaxValue, Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static OutputEvent Event(long id, string text, string kind = OutputEventKinds.Stdout) => new(id, kind, Encoding.UTF8.GetBytes(text));

    private Task<IReadOnlyList<OutputEvent>> Read(long after) => _output.Read(_job, after, int.MaxValue, Cancel);
}
