using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Grains.Tests.Sessions;

/// <summary>A process ends, and the next one takes its sessions up.</summary>
public sealed class SessionRecoveryTests : SessionNodeTest
{
    [Fact]
    public async Task Restart_WhileAStepRunsThatNobodyWasAnswered_FindsItByTheAgent()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        var unanswered = Step(id, Code("1"), Long);
        var exec = await sandbox.NextExec();
        exec.Print("before ");

        await Node.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => unanswered);
        exec.Print("after");
        await Node.Start();
        exec.Exit();

        var step = await Ended(id, 1);
        Assert.Equal((StepStatus.Succeeded, "before after", "default", "python"), (step.Status, step.Stdout, step.Context, step.Language));
        Assert.Equal(2, (await Session(id)).Epoch);
        await Step(id, Code("2"), TimeSpan.Zero);
        var next = await sandbox.NextExec();
        Assert.Equal("main", next.Start!.Kernel);
        next.Exit();
        Assert.Equal(2, (await Ended(id, 2)).Sequence);
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_WithStepsThatWereAcknowledged_RunsThoseThatWaited()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var first = await sandbox.NextExec();
        await Step(id, Code("2"), TimeSpan.Zero);

        await Node.Stop();
        await Node.Start();
        first.Print("one");
        first.Exit();
        var second = await sandbox.NextExec();
        second.Exit();

        Assert.Equal("one", (await Ended(id, 1)).Stdout);
        Assert.Equal("2", second.Code);
        Assert.Equal(StepStatus.Succeeded, (await Ended(id, 2)).Status);
        Assert.Equal(2, sandbox.ExecIds.Count);
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_AfterOutputWasStored_GoesOnBehindIt()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print(new string('a', 300_000));
        await exec.Acknowledged(1);

        await Node.Stop();
        exec.Print("b");
        exec.Exit();
        await Node.Start();

        var step = await Ended(id, 1);
        Assert.Equal(300_001, step.Stdout!.Length);
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_AfterAKernelEnded_GoesOnWithTheNextOne()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).End(new ExecResult(7, null, ExecEnd.Program, 0, 0, false, false, false, null, KernelEnded: true));
        await Ended(id, 1);

        await Node.Stop();
        await Node.Start();
        await Step(id, Code("2"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Exit();

        Assert.Equal("python-default-1", exec.Start!.Kernel);
        Assert.True((await Ended(id, 2)).FreshKernel);
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_WithTheSandboxGone_EndsTheSessionAsLost()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        await sandbox.NextExec();

        await Node.Stop();
        sandbox.Die();
        await Node.Start();

        Assert.Equal(("node_lost", StepStatus.Failed), ((await Ended(id, 1)).Cause, (await Ended(id, 1)).Status));
        await Until(async () => await GoneOrNull(id) == RefusalCodes.SessionLost);
    }

    [Fact]
    public async Task Restart_WhileItIsPaused_LeavesItPaused()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Node.Session(id).Pause(Alice, Patience.Token);

        await Node.Stop();
        await Node.Start();

        Assert.Equal(SessionStatus.Paused, (await Session(id)).Status);
        Assert.True(sandbox.Frozen);
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        Assert.Equal(StepStatus.Succeeded, (await Ended(id, 1)).Status);
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_AfterItsTimeWasOver_EndsIt()
    {
        await Node.Start();
        var (id, _) = await Open(SessionSpec(ttl: 60));

        await Node.Stop();
        Node.Time.Advance(TimeSpan.FromSeconds(61));
        await Node.Start();

        await Node.SessionsEnded();
        Assert.Equal(RefusalCodes.SessionExpired, await Gone(id));
    }

    [Fact]
    public async Task Step_LeftOpenByAProcessThatDiedWhileTheSessionEnded_IsToldAsEnded()
    {
        await Node.Start();
        var (id, _) = await Open();
        await EndSession(id);
        await Node.Steps.Save(
            new StepRecord { SessionId = id.ToString(), Sequence = 1, Context = "default", Status = StepStatus.Running, CreatedAt = Node.Time.GetUtcNow() },
            Patience.Token);

        Assert.Equal((StepStatus.Failed, StepCauses.SessionEnded), ((await Ended(id, 1)).Status, (await Ended(id, 1)).Cause));
        Assert.Equal(StepStatus.Failed, (await Node.Session(id).ListSteps(Alice, 0, 10, Patience.Token)).Value!.Items.Single().Status);
    }

    [Fact]
    public async Task Expire_OfAnEndedOne_RemovesItWithItsStepsAndOutput()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print(new string('a', 300_000));
        exec.Exit();
        await Ended(id, 1);
        await EndSession(id);

        await Node.Session(id).Expire(DateTimeOffset.MinValue, Patience.Token);
        Assert.Equal(RefusalCodes.SessionTerminated, await Gone(id));
        await Node.Session(id).Expire(DateTimeOffset.MaxValue, Patience.Token);

        Assert.Equal(RefusalCodes.NotFound, await Gone(id));
        Assert.Null(await Node.Steps.Find(id.ToString(), 1, Patience.Token));
        Assert.Empty(await Node.Outputs.Read($"{id}/1", 0, int.MaxValue, Patience.Token));
    }

    [Fact]
    public async Task Agent_ThatClaimsStepsOfItsOwn_IsBelievedWithinBounds()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        await Node.Stop();
        foreach (var claim in new[] { "step.9223372036854775807.default.python", "step.0.default.python", "step.x", "other", "step.2..python" })
            sandbox.Started(claim).Exit();
        await Node.Start();

        var page = (await Node.Session(id).ListSteps(Alice, 0, 100, Patience.Token)).Value!;
        Assert.Empty(page.Items);
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        exec.Print("{}", OutputStream.Rich);
        exec.Exit();
        Assert.Equal(1, (await Ended(id, 1)).Sequence);
        Assert.DoesNotContain((await Ended(id, 1)).Results, result => result == OutputEventKinds.Rich);
        await EndSession(id);
    }
}
