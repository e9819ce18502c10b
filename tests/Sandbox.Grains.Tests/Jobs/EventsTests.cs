using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class EventsTests : NodeTest
{
    [Fact]
    public async Task ReadEvents_FromTheStart_IsTheWholeStory()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Print("a");
        exec.Print("b");
        exec.Exit();
        var events = await Events(id);
        Assert.Equal(["status", "status", "stdout", "stdout", "end"], events.Select(entry => entry.Kind));
        Assert.Equal(events.Select(entry => entry.Id).Distinct().Order(), events.Select(entry => entry.Id));
    }

    [Fact]
    public async Task ReadEvents_WhileOutputArrives_NothingIsLostOrRepeated()
    {
        const int Pieces = 300;
        await Node.Start();
        var (id, _, exec) = await Running();
        var readers = Enumerable.Range(0, 4).Select(_ => Events(id)).ToList();
        for (var i = 0; i < Pieces; i++)
        {
            exec.Print($"{i} ");
            if (i % 7 == 0)
                await Task.Yield();
        }

        exec.Exit();
        var expected = string.Concat(Enumerable.Range(0, Pieces).Select(i => $"{i} "));
        foreach (var events in await Task.WhenAll(readers))
        {
            Assert.Equal(expected, Text(events));
            Assert.Equal(events.Select(entry => entry.Id).Distinct().Order(), events.Select(entry => entry.Id));
        }
    }

    [Fact]
    public async Task ReadEvents_FromAnyId_IsTheRest()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        for (var i = 0; i < 5; i++)
            exec.Print($"{i}");
        var sofar = await Events(id, count: 7);
        foreach (var entry in sofar.SkipLast(1))
            Assert.Equal(sofar.Where(other => other.Id > entry.Id).Select(other => other.Id), (await Events(id, entry.Id, sofar.Count(other => other.Id > entry.Id))).Select(other => other.Id));
        exec.Exit();
        var all = await Events(id);
        foreach (var entry in all)
            Assert.Equal(all.Where(other => other.Id > entry.Id).Select(other => other.Id), (await Events(id, entry.Id)).Select(other => other.Id));
    }

    [Fact]
    public async Task ReadEvents_OutputThatIsStoredInParts_IsWholeWhileRunningAndAfter()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        var large = new string('x', 300 * 1024);
        exec.Print(large);
        await exec.Acknowledged(1);
        exec.Print("tail");
        Assert.Equal(large + "tail", Text(await Events(id, count: 4)));
        exec.Exit();
        Assert.Equal(large + "tail", (await Ended(id)).Stdout);
        Assert.Equal(large + "tail", Text(await Events(id)));
        await Node.Idle();
        await Node.Deactivate(id);
        Assert.Equal(large + "tail", Text(await Events(id)));
        Assert.Equal("tail", Text(Durable(id)!.Outcome!.Tail));
    }

    [Fact]
    public async Task ReadEvents_MoreThanAPage_EndsWithTheLastPageOnly()
    {
        await Node.Start();
        var (id, _, exec) = await Running(Spec() with { Limits = Spec().Limits with { OutputBytes = 8 << 20 } });
        for (var i = 0; i < 12; i++)
            exec.Print(new string((char)('a' + i), 200 * 1024));
        exec.Exit();
        await Ended(id);
        var first = (await Node.Job(id).ReadEvents(Alice, 0, TimeSpan.Zero, Patience.Token)).Value!;
        Assert.False(first.Ended);
        Assert.InRange(first.Events.Sum(entry => entry.Data.Length), 1 << 20, 2 << 20);
        Assert.Equal(12 * 200 * 1024, Text(await Events(id)).Length);
    }

    [Fact]
    public async Task ReadEvents_NothingNew_AnswersEmptyAfterTheBound()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        var last = (await Events(id, count: 2))[^1].Id;
        var waiting = Node.Job(id).ReadEvents(Alice, last, TimeSpan.FromHours(1), Patience.Token);
        await Node.Time.Pass(Long);
        var page = (await waiting).Value!;
        Assert.Empty(page.Events);
        Assert.False(page.Ended);
        exec.Exit();
        await Ended(id);
    }

    [Fact]
    public async Task ReadEvents_WaitingSinceBeforeTheStart_SeesTheFirstOutputAtOnce()
    {
        Node.Runtime.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Node.Start();
        var id = await Submit();
        var waiting = Events(id, OutputEventIds.Submitted, count: 2);
        await Node.Time.Begun(Long);
        Node.Runtime.Hold.SetResult();
        var exec = await (await Node.Runtime.Next()).NextExec();
        exec.Print("first");
        Assert.Equal("first", Text(await waiting));
        exec.Exit();
        await Ended(id);
    }
}
