using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Grains.Tests.Sessions;

public sealed class SessionGrainTests : SessionNodeTest
{
    [Fact]
    public async Task Create_ThenStep_RunsOnTheWaitingKernelAndIsDurableWithOneWrite()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        var running = Step(id, Code("x = 1"), Long);
        var exec = await sandbox.NextExec();
        Assert.Equal(("x = 1", "main", true), (exec.Code, exec.Start!.Kernel, exec.Start.Step));
        Assert.Equal(("session", "step"), (exec.Start.Env["A"], exec.Start.Env["B"]));
        exec.Print("out");
        exec.Exit();
        var step = await running;

        Assert.Equal((StepStatus.Succeeded, "out", 1L), (step.Status, step.Stdout, step.Sequence));
        Assert.Equal(1, Node.Steps.Writes);
        Assert.Equal("out", (await Ended(id, 1)).Stdout);
        await EndSession(id);
    }

    [Fact]
    public async Task Steps_OfOneContext_RunInOrderAndOfAnotherBeside()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        await Step(id, Code("1"), TimeSpan.Zero);
        var first = await sandbox.NextExec();
        await Step(id, Code("2"), TimeSpan.Zero);
        await Step(id, Code("3", context: "other"), TimeSpan.Zero);

        var beside = await sandbox.NextExec();
        Assert.Equal("3", beside.Code);
        Assert.NotEqual(first.Start!.Kernel, beside.Start!.Kernel);
        first.Exit();
        var second = await sandbox.NextExec();
        Assert.Equal(("2", first.Start.Kernel), (second.Code, second.Start!.Kernel));
        second.Exit();
        beside.Exit();
        await Ended(id, 2);
        await Ended(id, 3);
        await EndSession(id);
    }

    [Fact]
    public async Task Step_WhoseKernelEnds_SaysSoAndTheNextHasAFreshOne()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        await Step(id, Code("die"), TimeSpan.Zero);
        (await sandbox.NextExec()).End(new ExecResult(null, 11, ExecEnd.Program, 0, 0, false, false, false, null, KernelEnded: true));
        var died = await Ended(id, 1);
        await Step(id, Code("next"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Exit();
        var next = await Ended(id, 2);
        await Step(id, Code("third"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();

        Assert.Equal((StepStatus.Failed, "signal", "SIGSEGV", true), (died.Status, died.Cause, died.Signal, died.KernelEnded));
        Assert.NotEqual("main", exec.Start!.Kernel);
        Assert.True(next.FreshKernel);
        Assert.False((await Ended(id, 3)).FreshKernel);
        await EndSession(id);
    }

    [Fact]
    public async Task Contexts_AsManyAsThereMayBe_MakeRoomWhereAKernelHasEnded()
    {
        Node.Settings["Sandbox:Sessions:MaxContexts"] = "2";
        await Node.Start();
        var (id, sandbox) = await Open();
        var ended = new ExecResult(0, null, ExecEnd.Program, 0, 0, false, false, false, null, KernelEnded: true);
        await Step(id, Code("1", context: "a"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Step(id, Code("2", context: "b"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, 2);
        var full = await Node.Session(id).RunStep(Alice, Code("3", context: "c"), null, null, TimeSpan.Zero, Patience.Token);
        Assert.Equal(RefusalCodes.ContextLimit, full.Refusal!.Code);

        await Step(id, Code("4", context: "a"), TimeSpan.Zero);
        (await sandbox.NextExec()).End(ended);
        await Ended(id, 3);
        await Until(async () => (await Node.Session(id).RunStep(Alice, Code("5", context: "c"), null, null, TimeSpan.Zero, Patience.Token)).Refusal is null);
        (await sandbox.NextExec()).Exit();

        await Ended(id, 4);
        await EndSession(id);
    }

    [Fact]
    public async Task Step_WithALongOutput_ShowsTheBeginningAndKeepsAllAsAnArtifactUntilTheSessionIsRemoved()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print("short", OutputStream.Stderr);
        // A character of two bytes stands across the bound.
        exec.Print("x" + new string('ü', 1 << 19));
        exec.Exit();
        var step = await Ended(id, 1);

        Assert.Equal((true, false, "short"), (step.StdoutTruncated, step.StderrTruncated, step.Stderr));
        Assert.Equal("x" + new string('ü', (1 << 19) - 1), step.Stdout);
        var artifact = Assert.Single(step.Artifacts);
        Assert.Equal(("step-1.stdout.txt", (1L << 20) + 1, $"{id}.1"), (artifact.Name, artifact.SizeBytes, artifact.Owner));
        await EndSession(id);
        await Node.Session(id).Expire(DateTimeOffset.MaxValue, Patience.Token);
        Assert.Null(await Node.Artifacts.OpenRead("tenant", artifact.Id, Patience.Token));
    }

    [Fact]
    public async Task Step_WhoseConnectionBreaks_AcknowledgesAgainWhatItHas()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print("a");
        await Until(async () => (await Node.Session(id).GetStep(Alice, 1, TimeSpan.Zero, Patience.Token)).Value!.Stdout == "a");

        sandbox.Disconnect();
        await exec.Acknowledged(1);

        exec.Exit();
        Assert.Equal("a", (await Ended(id, 1)).Stdout);
        await EndSession(id);
    }

    [Fact]
    public async Task Step_WithAKey_RunsOnceAndAnotherBodyIsRefused()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        await Step(id, Code("1"), TimeSpan.Zero, key: "k");
        var exec = await sandbox.NextExec();
        var again = await Node.Session(id).RunStep(Alice, Code("1"), "k", "fingerprint", TimeSpan.Zero, Patience.Token);
        exec.Exit();
        await Ended(id, 1);
        var late = await Node.Session(id).RunStep(Alice, Code("1"), "k", "fingerprint", TimeSpan.Zero, Patience.Token);
        var other = await Node.Session(id).RunStep(Alice, Code("2"), "k", "other", TimeSpan.Zero, Patience.Token);

        Assert.Equal((true, 1L), (again.Value!.Replayed, again.Value.Step.Sequence));
        Assert.Equal((true, 1L), (late.Value!.Replayed, late.Value.Step.Sequence));
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Refusal!.Code);
        await EndSession(id);
    }

    [Fact]
    public async Task Step_WhileItsRecordCannotBeWritten_IsNotAnswered()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        Node.Steps.Faults = 2;

        var running = Step(id, Code("1"), Long);
        (await sandbox.NextExec()).Exit();
        for (var fault = 0; fault < 2; fault++)
        {
            await Node.Time.Begun(RetryDelay);
            Assert.False(running.IsCompleted);
            Node.Time.Advance(RetryDelay);
        }

        Assert.Equal(StepStatus.Succeeded, (await running).Status);
        Assert.Equal(StepStatus.Succeeded, (await Ended(id, 1)).Status);
        await EndSession(id);
    }

    [Fact]
    public async Task Interrupt_OfAWaitingStep_NeverStartsIt()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var first = await sandbox.NextExec();
        await Step(id, Code("2"), TimeSpan.Zero);

        await Node.Session(id).Interrupt(Alice, 2, Patience.Token);
        first.Exit();

        Assert.Equal(StepStatus.Interrupted, (await Ended(id, 2)).Status);
        Assert.Single(sandbox.ExecIds);
        await EndSession(id);
    }

    [Fact]
    public async Task Interrupt_OfARunningStep_ReachesItOnceAndOverABrokenConnection()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();

        sandbox.Disconnect();
        await Node.Session(id).Interrupt(Alice, 1, Patience.Token);
        await Until(() => Task.FromResult(!sandbox.Signals.IsEmpty));
        exec.Exit(130);

        Assert.Equal(StepStatus.Interrupted, (await Ended(id, 1)).Status);
        Assert.Equal([("step.1.default.python", 2)], sandbox.Signals);
        await EndSession(id);
    }

    [Fact]
    public async Task Steps_WithOneKeyThatComeTogether_RunOnce()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Node.Session(id).Pause(Alice, Patience.Token);

        var together = Enumerable.Range(0, 8)
            .Select(_ => Node.Session(id).RunStep(Alice, Code("1"), "k", "fingerprint", TimeSpan.Zero, Patience.Token))
            .ToList();
        (await sandbox.NextExec()).Exit();
        var replies = await Task.WhenAll(together);

        Assert.Equal(1, replies.Count(reply => !reply.Value!.Replayed));
        Assert.All(replies, reply => Assert.Equal(1, reply.Value!.Step.Sequence));
        Assert.Single(sandbox.ExecIds);
        await EndSession(id);
    }

    [Fact]
    public async Task End_WhileAStepRuns_EndsItAndEveryLaterCallIsGone()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).Print("before");
        await Step(id, Code("2"), TimeSpan.Zero);

        await EndSession(id);

        Assert.Equal((StepStatus.Failed, StepCauses.SessionEnded), ((await Ended(id, 1)).Status, (await Ended(id, 2)).Cause));
        Assert.Equal(RefusalCodes.SessionTerminated, await Gone(id));
        Assert.Equal(RefusalCodes.SessionTerminated, (await Node.Session(id).RunStep(Alice, Code("3"), null, null, Long, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.SessionTerminated, (await Node.Session(id).Touch(Alice, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.SessionTerminated, (await Node.Session(id).End(Alice, Patience.Token)).Refusal!.Code);
    }

    [Fact]
    public async Task Sandbox_ThatDies_EndsTheSessionAsLostWithItsSteps()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        await sandbox.NextExec();

        sandbox.Die();

        var step = await Ended(id, 1);
        Assert.Equal((StepStatus.Failed, "node_lost", true), (step.Status, step.Cause, step.KernelEnded));
        await Until(async () => await GoneOrNull(id) == RefusalCodes.SessionLost);
    }

    [Fact]
    public async Task Connection_ThatBreaks_LosesNoOutput()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print("a");
        sandbox.Disconnect();
        exec.Print("b");
        exec.Exit();

        Assert.Equal("ab", (await Ended(id, 1)).Stdout);
        await EndSession(id);
    }

    [Fact]
    public async Task Pause_ThenStep_ResumesItFirst()
    {
        await Node.Start();
        var (id, sandbox) = await Open();

        Assert.Equal(SessionStatus.Paused, (await Node.Session(id).Pause(Alice, Patience.Token)).Value!.Status);
        Assert.True(sandbox.Frozen);
        await Step(id, Code("1"), TimeSpan.Zero);
        Assert.False(sandbox.Frozen);
        (await sandbox.NextExec()).Exit();

        await Ended(id, 1);
        Assert.Equal(SessionStatus.Ready, (await Session(id)).Status);
        await EndSession(id);
    }

    [Fact]
    public async Task Clock_AtTheTimeToLive_EndsItWithItsSandbox()
    {
        await Node.Start();
        var (id, sandbox) = await Open(SessionSpec(ttl: 60));
        Assert.True(sandbox.Deadline > TimeSpan.FromSeconds(60));

        Node.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(SessionStatus.Ready, (await Session(id)).Status);
        await Node.Session(id).Update(Alice, new SessionChange(60, null, null), Patience.Token);
        Node.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(SessionStatus.Ready, (await Session(id)).Status);
        Node.Time.Advance(TimeSpan.FromSeconds(1));

        await Node.SessionsEnded();
        Assert.Equal(RefusalCodes.SessionExpired, await Gone(id));
    }

    [Fact]
    public async Task Clock_WithoutWork_EndsOrPausesIt()
    {
        await Node.Start();
        var (ends, _) = await Open(SessionSpec(idle: 10));
        var (pauses, sandbox) = await Open(SessionSpec(idle: 10, onIdle: IdleActions.Pause));

        Node.Time.Advance(TimeSpan.FromSeconds(9));
        await Node.Session(ends).Touch(Alice, Patience.Token);
        Node.Time.Advance(TimeSpan.FromSeconds(9));
        await Until(() => Task.FromResult(sandbox.Frozen));
        Assert.Equal(SessionStatus.Ready, (await Session(ends)).Status);
        Node.Time.Advance(TimeSpan.FromSeconds(10));
        await Until(async () => (await Node.Session(ends).Get(Alice, Patience.Token)).Refusal is not null);

        await Until(async () => (await Session(pauses)).Status == SessionStatus.Paused);
        await EndSession(pauses);
    }

    [Fact]
    public async Task Caller_OfAnotherTenant_FindsNothing()
    {
        await Node.Start();
        var (id, _) = await Open();

        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).Get(Stranger, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).RunStep(Stranger, Code("1"), null, null, Long, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).Touch(Stranger, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).End(Stranger, Patience.Token)).Refusal!.Code);
        var auditor = Alice with { Role = Roles.Auditor };
        Assert.Equal(RefusalCodes.PolicyDenied, (await Node.Session(id).RunStep(auditor, Code("1"), null, null, Long, Patience.Token)).Refusal!.Code);
        await EndSession(id);
    }

    [Fact]
    public async Task Create_Again_AnswersWithTheSameOrRefuses()
    {
        await Node.Start();
        var (id, _) = await Open();

        var again = await Node.Session(id).Create(Alice, SessionSpec(), "fingerprint", Patience.Token);
        var other = await Node.Session(id).Create(Alice, SessionSpec(), "other", Patience.Token);

        Assert.True(again.Value!.Replayed);
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Refusal!.Code);
        Assert.Equal(1, Node.Runtime.Made);
        await EndSession(id);
    }

    [Fact]
    public async Task Create_WithoutASandbox_IsRefusedAndLeavesNothing()
    {
        await Node.Start();
        Node.Runtime.Faults = 1;
        var id = SessionId.New();

        var reply = await Node.Session(id).Create(Alice, SessionSpec(), string.Empty, Patience.Token);

        Assert.Equal(RefusalCodes.SandboxStartFailed, reply.Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, await Gone(id));
        Assert.Empty(Node.States.Stored);
    }

    [Fact]
    public async Task Create_WhoseStateCannotBeWritten_LeavesNoSandbox()
    {
        await Node.Start();
        Node.States.Fail(new StorageCall("session", Write: true));
        var id = SessionId.New();

        await Assert.ThrowsAnyAsync<Exception>(() => Node.Session(id).Create(Alice, SessionSpec(), string.Empty, Patience.Token));

        await Node.Idle();
        Assert.Equal(RefusalCodes.NotFound, await Gone(id));
    }

    [Fact]
    public async Task Events_OfAStep_ComeInOrderAndEndWhenItIsDurable()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print("a");
        exec.Print("{\"type\":\"result\",\"data\":{\"text/plain\":\"1\"}}\n", OutputStream.Rich);
        exec.Exit();

        var events = new List<OutputEvent>();
        while (true)
        {
            var page = (await Node.Session(id).ReadStepEvents(Alice, 1, events.Count > 0 ? events[^1].Id : 0, Long, Patience.Token)).Value!;
            events.AddRange(page.Events);
            if (page.Ended)
                break;
        }

        Assert.Equal(["status", "stdout", "result", "end"], events.Select(entry => entry.Kind));
        Assert.Equal("""{"text/plain":"1"}""", (await Ended(id, 1)).Results.Single());
        await EndSession(id);
    }
}
