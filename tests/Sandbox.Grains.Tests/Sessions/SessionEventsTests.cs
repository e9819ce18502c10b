using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Sessions;

public sealed class SessionEventsTests : SessionNodeTest
{
    [Fact]
    public async Task Events_OfStepsSideBySide_AreToldOnceFromEveryPosition()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("a"), TimeSpan.Zero);
        var first = await sandbox.NextExec();
        await Step(id, Code("b", context: "other"), TimeSpan.Zero);
        var second = await sandbox.NextExec();

        first.Print("a1");
        second.Print("b1");
        second.Exit();
        await Ended(id, 2);
        first.Print("a2");
        first.Exit();
        await Ended(id, 1);
        await EndSession(id);

        var all = await ReadAll(id, SessionPosition.Start.ToString());
        Assert.Equal(["a1", "a2"], Output(all, 1));
        Assert.Equal(["b1"], Output(all, 2));
        foreach (var (item, index) in all.Select((item, index) => (item, index)))
            Assert.Equal(all.Skip(index + 1).Select(Key), (await ReadAll(id, item.Position)).Select(Key));
    }

    [Fact]
    public async Task Events_WhileNothingHappens_WaitAndAreWokenByTheNextStep()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        var waiting = Node.Session(id).ReadEvents(Alice, "0", 2, Long, Patience.Token);
        await Step(id, Code("a"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await waiting;

        Assert.Equal(OutputEventKinds.End, (await ReadUntil(id, "0", item => item.Event.Kind == OutputEventKinds.End))[^1].Event.Kind);
        await EndSession(id);
    }

    [Fact]
    public async Task Events_WhenTheSessionIsPausedBeforeOrWhileOneWaits_TellIt()
    {
        await Node.Start();
        var (id, _) = await Open();
        var before = (await Node.Session(id).ReadEvents(Alice, "0", 0, Long, Patience.Token)).Value!;

        var waiting = Node.Session(id).ReadEvents(Alice, "0", before.Version, Long, Patience.Token);
        Assert.Null((await Node.Session(id).Pause(Alice, Patience.Token)).Refusal);
        var late = await Node.Session(id).ReadEvents(Alice, "0", before.Version, Long, Patience.Token);

        Assert.Equal(SessionStatus.Paused, (await waiting).Value!.Session.Status);
        Assert.Equal(SessionStatus.Paused, late.Value!.Session.Status);
        await EndSession(id);
    }

    [Fact]
    public async Task Events_OfAnEndedSession_EndWithIt()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("a"), TimeSpan.Zero);
        await sandbox.NextExec();
        await EndSession(id);

        var page = (await Node.Session(id).ReadEvents(Alice, "0", 0, TimeSpan.Zero, Patience.Token)).Value!;

        Assert.True(page.Ended);
        Assert.Equal(SessionStatus.Terminated, page.Session.Status);
        Assert.Contains("session_ended", Encoding.UTF8.GetString(page.Events[^1].Event.Data), StringComparison.Ordinal);
        Assert.Empty((await Node.Session(id).ReadEvents(Alice, page.Events[^1].Position, page.Version, TimeSpan.Zero, Patience.Token)).Value!.Events);
    }

    [Fact]
    public async Task Events_BeyondVeryManyNumbersWithoutAStep_AreTold()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("a"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, 1);
        await EndSession(id);
        var step = (await Node.Steps.Find(id.ToString(), 1, Patience.Token))!;
        await Node.Steps.Save(step with { Sequence = 100_000 }, Patience.Token);

        Assert.Equal([1, 100_000], (await ReadAll(id, "0")).Select(item => item.Sequence).Distinct());
    }

    [Fact]
    public async Task Events_FromNoPositionOrByAnotherTenant_AreRefused()
    {
        await Node.Start();
        var (id, _) = await Open();

        Assert.Equal(RefusalCodes.InvalidRequest, (await Node.Session(id).ReadEvents(Alice, "x", 0, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).ReadEvents(new Caller("other", "alice", Roles.Member), "0", 0, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        await EndSession(id);
    }

    private Task<List<SessionEvent>> ReadAll(SessionId id, string after) => ReadUntil(id, after, _ => false);

    private async Task<List<SessionEvent>> ReadUntil(SessionId id, string after, Func<SessionEvent, bool> enough)
    {
        var all = new List<SessionEvent>();
        var version = 0L;
        while (true)
        {
            var page = (await Node.Session(id).ReadEvents(Alice, after, version, Long, Patience.Token)).Value!;
            version = page.Version;
            all.AddRange(page.Events);
            if (page.Ended || page.Events.Any(enough))
                return all;
            after = page.Events.Count > 0 ? page.Events[^1].Position : after;
        }
    }

    private static IEnumerable<string> Output(IEnumerable<SessionEvent> events, long step) =>
        events.Where(item => item.Sequence == step && item.Event.Kind == OutputEventKinds.Stdout).Select(item => Encoding.UTF8.GetString(item.Event.Data));

    private static (long Step, long Id) Key(SessionEvent item) => (item.Sequence, item.Event.Id);
}
