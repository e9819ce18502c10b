using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Grains.Tests.Sessions;

public sealed class CommandGrainTests : SessionNodeTest
{
    private const string Key = "key";

    [Fact]
    public async Task Start_Command_RunsBesideTheStepsAndIsDurableFirst()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var step = await sandbox.NextExec();

        var starting = Start(id, Spec("serve") with { Cwd = "app", Stdin = "begin", KeepStdinOpen = true });
        var exec = await sandbox.NextExec();
        var command = await starting;

        Assert.Equal((2L, StepStatus.Running, "/workspace/app", true), (command.Number, command.Status, command.Cwd, command.KeepStdinOpen));
        var start = exec.Start!;
        Assert.Equal(("serve", "begin", true, (double?)null, (long?)null), (start.Argv[0], exec.Stdin, start.KeepInput, start.Limits.WallSeconds, start.Limits.OutputBytes));
        Assert.Equal(("session", "command"), (start.Env["A"], start.Env["B"]));
        Assert.Equal(StepStatus.Running, (await Node.Steps.Find(id.ToString(), 2, Patience.Token))!.Status);
        step.Exit();
        await Ended(id, 1);
        Assert.Equal(SessionStatus.Busy, (await Session(id)).Status);
        exec.Exit(3);
        Assert.Equal((StepStatus.Failed, 3), await EndOf(id, 2));
        await Until(async () => (await Session(id)).Status == SessionStatus.Ready);
        await EndSession(id);
    }

    [Fact]
    public async Task Commands_AndSteps_AreListedApart()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var exec = await Running(id, sandbox, Spec("a"));
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, 2);
        var other = await Running(id, sandbox, Spec("b"));
        exec.Exit();
        await EndOf(id, 1);

        var first = (await Commands(id).ListCommands(Alice, 0, 1, Patience.Token)).Value!;
        var second = (await Commands(id).ListCommands(Alice, first.Next!.Value, 1, Patience.Token)).Value!;
        var steps = (await Node.Session(id).ListSteps(Alice, 0, 10, Patience.Token)).Value!;

        Assert.Equal(["a", "b"], first.Items.Concat(second.Items).Select(command => command.Command[0]));
        Assert.Equal((StepStatus.Succeeded, StepStatus.Running, (long?)null), (first.Items[0].Status, second.Items[0].Status, second.Next));
        Assert.Equal([2], steps.Items.Select(step => step.Sequence));
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).GetStep(Alice, 1, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Commands(id).GetCommand(Alice, 2, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Commands(id).GetCommand(Stranger, 1, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        other.Exit();
        await EndOf(id, 3);
        await EndSession(id);
    }

    [Fact]
    public async Task Start_WithAKey_StartsOnce()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var starting = Commands(id).StartCommand(Alice, Spec("a"), Key, "fingerprint", Patience.Token);
        var exec = await sandbox.NextExec();
        var first = (await starting).Value!;

        var again = (await Commands(id).StartCommand(Alice, Spec("a"), Key, "fingerprint", Patience.Token)).Value!;
        var other = await Commands(id).StartCommand(Alice, Spec("b"), Key, "other", Patience.Token);

        Assert.Equal((false, true, first.Command.Number), (first.Replayed, again.Replayed, again.Command.Number));
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Refusal!.Code);
        exec.Exit();
        await EndOf(id, 1);
        await EndSession(id);
    }

    [Fact]
    public async Task Terminal_OfAName_IsFoundAgainUntilItEnds()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var spec = Spec("bash") with { Terminal = new CommandTerminal("main", 100, 30) };
        var starting = Commands(id).StartCommand(Alice, spec, null, null, Patience.Token);
        var exec = await sandbox.NextExec();
        var first = (await starting).Value!;

        var again = (await Commands(id).StartCommand(Alice, spec, null, null, Patience.Token)).Value!;
        Assert.Equal((false, true, first.Command.Number, "main"), (first.Replayed, again.Replayed, again.Command.Number, again.Command.Terminal));
        Assert.Equal((new TerminalSize(100, 30), "xterm-256color"), (exec.Start!.Terminal, exec.Start.Env["TERM"]));
        exec.Exit();
        await EndOf(id, 1);
        var next = Commands(id).StartCommand(Alice, spec, null, null, Patience.Token);
        (await sandbox.NextExec()).Exit();

        Assert.False((await next).Value!.Replayed);
        await EndOf(id, 2);
        await EndSession(id);
    }

    [Fact]
    public async Task Output_FromAnyOffset_IsExactWhileItRunsAndAfterItsEndAndTheSessions()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var exec = await Running(id, sandbox, Spec("talk"));
        var waiting = Output(id, "stdout", 0, wait: Long);
        exec.Print("out1 ");
        Assert.Equal("out1 ", Text(await waiting));
        exec.Print("err1 ", OutputStream.Stderr);
        exec.Print("out2");
        await Until(async () => (await Output(id, null, 0)).Total == 14);

        await Check(ended: false);
        exec.Exit();
        await EndOf(id, 1);
        await Check(ended: true);
        await EndSession(id);
        await Check(ended: true);

        async Task Check(bool ended)
        {
            Assert.Equal(("1 out2", 3L, 9L, ended), await Part("stdout", 3));
            Assert.Equal(("rr1 ", 1L, 5L, ended), await Part("stderr", 1));
            Assert.Equal((" err1 out2", 4L, 14L, ended), await Part(null, 4));
            Assert.Equal(("", 9L, 9L, ended), await Part("stdout", 9));
            Assert.Equal("ut", Text(await Output(id, "stdout", 1, limit: 2)));
            Assert.Equal(RefusalCodes.InvalidRequest, (await Commands(id).ReadCommandOutput(Alice, 1, "stdout", 10, 100, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        }

        async Task<(string Text, long Start, long Total, bool Ended)> Part(string? stream, long from)
        {
            var part = await Output(id, stream, from);
            return (Text(part), part.Start, part.Total, part.Ended);
        }
    }

    [Fact]
    public async Task Output_BeyondTheLimit_KeepsTheEndAndSaysWhatWasDropped()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var exec = await Running(id, sandbox, Spec("flood"));
        const int pieces = 200;
        for (var piece = 0; piece < pieces; piece++)
        {
            exec.Print(string.Create(64 * 1024, piece, (text, number) => text.Fill((char)('a' + (number % 26)))));
            await exec.Acknowledged(piece - 8);
        }

        exec.Exit();
        await EndOf(id, 1);

        const long total = pieces * 64L * 1024;
        var part = await Output(id, "stdout", 0);
        Assert.Equal(total, part.Total);
        Assert.InRange(part.Start, total - (4 << 20), total - (1 << 20) + (64 * 1024));
        Assert.Equal(0, part.Start % (64 * 1024));
        Assert.Equal((byte)('a' + (part.Start / (64 * 1024) % 26)), part.Data[0]);
        var all = await Everything(id, part.Start);
        Assert.Equal((total - part.Start, (byte)('a' + ((pieces - 1) % 26))), (all.Length, all[^1]));

        var events = await Events(id);
        Assert.Equal(OutputEventKinds.Dropped, events[1].Kind);
        Assert.Equal($$"""{"stdout":{{part.Start}},"stderr":0}""", Encoding.UTF8.GetString(events[1].Data));
        Assert.Equal(all.Length, events.Where(entry => entry.Kind == OutputEventKinds.Stdout).Sum(entry => entry.Data.Length));
        await EndSession(id);
    }

    [Fact]
    public async Task Events_AreResumedFromAnyOfThem()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var exec = await Running(id, sandbox, Spec("talk"));
        exec.Print("a");
        exec.Print("b", OutputStream.Stderr);
        exec.Exit(2);
        await EndOf(id, 1);

        var all = await Events(id);

        Assert.Equal([OutputEventKinds.Status, OutputEventKinds.Stdout, OutputEventKinds.Stderr, OutputEventKinds.End], all.Select(entry => entry.Kind));
        for (var seen = 0; seen < all.Count; seen++)
            Assert.Equal(all.Skip(seen + 1).Select(entry => entry.Id), (await Events(id, all[seen].Id)).Select(entry => entry.Id));
        await EndSession(id);
    }

    [Fact]
    public async Task Idle_WithARunningCommand_NeverComes()
    {
        await Node.Start();
        var (id, sandbox) = await Open(SessionSpec(idle: 60));
        var exec = await Running(id, sandbox, Spec("serve"));

        Node.Time.Advance(TimeSpan.FromMinutes(10));
        await Node.Session(id).Expire(default, Patience.Token);
        Assert.Equal(SessionStatus.Busy, (await Session(id)).Status);
        exec.Exit();
        await EndOf(id, 1);
        await Until(async () => (await Session(id)).Status == SessionStatus.Ready);
        Node.Time.Advance(TimeSpan.FromMinutes(2));
        await Until(async () => await GoneOrNull(id) is not null);

        Assert.Equal(RefusalCodes.SessionExpired, await Gone(id));
    }

    [Fact]
    public async Task Restart_OfTheServer_GoesOnWithTheCommandAndItsOutput()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var exec = await Running(id, sandbox, Spec("talk") with { Terminal = new CommandTerminal("main", 80, 24) });
        exec.Print("before ");
        await Until(async () => (await Output(id, "stdout", 0)).Total == 7);

        await Node.Stop();
        exec.Print("between ");
        await Node.Start();
        exec.Print("after");

        await Until(async () => (await Output(id, "stdout", 0)).Total == 20);
        Assert.Equal("before between after", Text(await Output(id, "stdout", 0)));
        var again = (await Commands(id).StartCommand(Alice, Spec("talk") with { Terminal = new CommandTerminal("main", 80, 24) }, null, null, Patience.Token)).Value!;
        Assert.Equal((true, 1L), (again.Replayed, again.Command.Number));
        exec.Exit();
        Assert.Equal((StepStatus.Succeeded, 0), await EndOf(id, 1));
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_WithACommandThatTheAgentForgot_DoesNotRunItAgain()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Running(id, sandbox, Spec("once"));
        await Node.Stop();
        sandbox.Forget();
        await Node.Start();

        var command = (await Commands(id).GetCommand(Alice, 1, Long, Patience.Token)).Value!;

        Assert.Equal((StepStatus.Failed, "node_lost"), (command.Status, command.Cause));
        Assert.Empty(sandbox.ExecIds);
        await EndSession(id);
    }

    [Fact]
    public async Task Signal_ReachesTheAgentAndAnEndedOneIsLeftAlone()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var exec = await Running(id, sandbox, Spec("serve"));

        Assert.Null((await Commands(id).SignalCommand(Alice, 1, 15, Patience.Token)).Refusal);
        Assert.True(sandbox.Signals.TryDequeue(out var sent));
        Assert.Equal(("command.1", 15), sent);
        exec.End(new ExecResult(null, 9, ExecEnd.Killed, 0, 0, false, false, false, null));
        var killed = (await Commands(id).GetCommand(Alice, 1, Long, Patience.Token)).Value!;
        await Commands(id).SignalCommand(Alice, 1, 9, Patience.Token);

        Assert.Equal((StepStatus.Failed, "signal", "SIGKILL"), (killed.Status, killed.Cause, killed.Signal));
        Assert.Empty(sandbox.Signals);
        await EndSession(id);
    }

    [Fact]
    public async Task Start_OverTheBoundOrWithABadFolder_IsRefused()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var execs = new List<ScriptedExec>();
        for (var number = 0; number < 32; number++)
            execs.Add(await Running(id, sandbox, Spec("serve")));

        var beyond = await Commands(id).StartCommand(Alice, Spec("one more"), null, null, Patience.Token);
        var outside = await Commands(id).StartCommand(Alice, Spec("x") with { Cwd = "../etc" }, null, null, Patience.Token);
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();

        Assert.Equal((RefusalCodes.QuotaExceeded, RefusalCodes.InvalidRequest, "cwd"), (beyond.Refusal!.Code, outside.Refusal!.Code, outside.Refusal.Field));
        await Ended(id, 33);
        await EndSession(id);
        var command = (await Commands(id).GetCommand(Alice, 1, TimeSpan.Zero, Patience.Token)).Value!;
        Assert.Equal((StepStatus.Failed, StepCauses.SessionEnded), (command.Status, command.Cause));
        Assert.Equal(RefusalCodes.SessionTerminated, (await Commands(id).StartCommand(Alice, Spec("late"), null, null, Patience.Token)).Refusal!.Code);
    }

    private static CommandSpec Spec(string program) => new(
        [program], new Dictionary<string, string> { ["B"] = "command" }, null, null, false, null, null);

    private ISessionCommandsGrain Commands(SessionId id) => Node.Grains.GetGrain<ISessionCommandsGrain>(id.ToString());

    private async Task<CommandView> Start(SessionId id, CommandSpec spec)
    {
        var reply = await Commands(id).StartCommand(Alice, spec, null, null, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!.Command;
    }

    private async Task<ScriptedExec> Running(SessionId id, ScriptedSandbox sandbox, CommandSpec spec)
    {
        var starting = Start(id, spec);
        var exec = await sandbox.NextExec();
        await starting;
        return exec;
    }

    private async Task<(StepStatus Status, int? ExitCode)> EndOf(SessionId id, long number)
    {
        var reply = await Commands(id).GetCommand(Alice, number, Long, Patience.Token);
        Assert.True(reply.Value is { Ended: true }, reply.ToString());
        return (reply.Value.Status, reply.Value.ExitCode);
    }

    private async Task<CommandOutput> Output(SessionId id, string? stream, long from, int limit = 1 << 20, TimeSpan wait = default)
    {
        var reply = await Commands(id).ReadCommandOutput(Alice, 1, stream, from, limit, wait, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private async Task<byte[]> Everything(SessionId id, long from)
    {
        using var all = new MemoryStream();
        while (true)
        {
            var part = await Output(id, "stdout", from, limit: 300_000);
            Assert.Equal(from, part.Start);
            all.Write(part.Data);
            from = part.Next;
            if (part.Ended)
                return all.ToArray();
        }
    }

    private async Task<List<OutputEvent>> Events(SessionId id, long after = 0)
    {
        var events = new List<OutputEvent>();
        while (true)
        {
            var page = (await Commands(id).ReadCommandEvents(Alice, 1, events.Count > 0 ? events[^1].Id : after, TimeSpan.Zero, Patience.Token)).Value!;
            events.AddRange(page.Events);
            if (page.Ended)
                return events;
        }
    }

    private static string Text(CommandOutput part) => Encoding.UTF8.GetString(part.Data);
}
