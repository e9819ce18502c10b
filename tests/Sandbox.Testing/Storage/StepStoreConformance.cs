using System.Text;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of steps promises, on every backend.</summary>
public abstract class StepStoreConformance(IStorageFixture fixture)
{
    private readonly IStepStore _steps = fixture.Steps();
    private readonly string _session = SessionId.New().ToString();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_Again_ReplacesAndKeepsEveryMember()
    {
        await _steps.Save(Step(1), Cancel);
        var ended = Step(1, StepStatus.Failed) with
        {
            Cause = "signal", Signal = "SIGSEGV", ExitCode = 3, StdoutTruncated = true, KernelEnded = true, FreshKernel = true, AgentId = "alice",
            StartedAt = JobTestStates.Epoch, FinishedAt = JobTestStates.Epoch.AddSeconds(1), OutputStored = true,
            Tail = [new OutputEvent(7, OutputEventKinds.Stdout, Encoding.UTF8.GetBytes("text"))],
            Artifacts = [new ArtifactInfo(ArtifactId.New().ToString(), "step-1.stdout.txt", 5, "00", "text/plain", $"{_session}.1", JobTestStates.Epoch)],
        };
        await _steps.Save(ended, Cancel);

        var found = await _steps.Find(_session, 1, Cancel);

        Assert.Equal(ended with { Tail = [], Artifacts = [] }, found! with { Tail = [], Artifacts = [] });
        Assert.Equal(ended.Artifacts, found.Artifacts);
        Assert.Equal("text", Encoding.UTF8.GetString(found.Tail.Single().Data));
        Assert.Null(await _steps.Find(_session, 2, Cancel));
    }

    [Fact]
    public async Task List_AfterANumber_IsInOrderAndBounded()
    {
        foreach (var number in new long[] { 3, 1, 2, 4 })
            await _steps.Save(Step(number), Cancel);

        Assert.Equal([2, 3], (await _steps.List(_session, background: false, 1, 2, Cancel)).Select(step => step.Sequence));
    }

    [Fact]
    public async Task NextAfter_ANumber_IsTheNextOneThatIsThereOfEitherKind()
    {
        await _steps.Save(Step(3), Cancel);
        await _steps.Save(Step(5000) with { Background = new BackgroundCommand { Command = ["serve"], Cwd = "/workspace" } }, Cancel);
        await _steps.Save(Step(4) with { SessionId = SessionId.New().ToString() }, Cancel);

        Assert.Equal(3, await _steps.NextAfter(_session, 0, Cancel));
        Assert.Equal(5000, await _steps.NextAfter(_session, 3, Cancel));
        Assert.Null(await _steps.NextAfter(_session, 5000, Cancel));
    }

    [Fact]
    public async Task List_OfStepsOrCommands_HasNoneOfTheOthers()
    {
        var background = new BackgroundCommand { Command = ["serve", "--now"], Cwd = "/workspace", KeepStdinOpen = true, Terminal = new CommandTerminal("main", 80, 24), StdoutBytes = 7 };
        await _steps.Save(Step(1), Cancel);
        await _steps.Save(Step(2) with { Background = background }, Cancel);
        await _steps.Save(Step(2, StepStatus.Succeeded) with { Background = background }, Cancel);

        var commands = await _steps.List(_session, background: true, 0, 10, Cancel);

        Assert.Equal(background with { Command = [] }, Assert.Single(commands).Background! with { Command = [] });
        Assert.Equal(background.Command, commands[0].Background!.Command);
        Assert.Equal([1], (await _steps.List(_session, background: false, 0, 10, Cancel)).Select(step => step.Sequence));
        Assert.Equal((2L, 1), ((await _steps.Overview(_session, Cancel)).Last, (await _steps.Overview(_session, Cancel)).Open.Count));
    }

    [Fact]
    public async Task FindByKey_FindsTheOneOfThisSession()
    {
        await _steps.Save(Step(1) with { IdempotencyKey = "k" }, Cancel);
        await _steps.Save(Step(1) with { SessionId = SessionId.New().ToString(), IdempotencyKey = "k" }, Cancel);

        Assert.Equal(_session, (await _steps.FindByKey(_session, "k", Cancel))!.SessionId);
        Assert.Null(await _steps.FindByKey(_session, "other", Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => _steps.Save(Step(2) with { IdempotencyKey = "k" }, Cancel));
    }

    [Fact]
    public async Task Overview_HasTheLastTheOpenAndTheLastOfEachKernel()
    {
        await _steps.Save(Step(1, StepStatus.Succeeded) with { Kernel = "main" }, Cancel);
        await _steps.Save(Step(2, StepStatus.Failed) with { Kernel = "main", KernelEnded = true }, Cancel);
        await _steps.Save(Step(3, StepStatus.Succeeded) with { Kernel = "python-default-1" }, Cancel);
        await _steps.Save(Step(4, StepStatus.Running), Cancel);
        await _steps.Save(Step(5, StepStatus.Succeeded), Cancel);

        var overview = await _steps.Overview(_session, Cancel);

        Assert.Equal(5, overview.Last);
        Assert.Equal([4], overview.Open.Select(step => step.Sequence));
        Assert.Equal([2, 3], overview.Kernels.Select(step => step.Sequence));
        Assert.Equal(0, (await _steps.Overview(SessionId.New().ToString(), Cancel)).Last);
    }

    [Fact]
    public async Task Delete_RemovesThoseOfTheSessionAlone()
    {
        var other = Step(1) with { SessionId = SessionId.New().ToString() };
        await _steps.Save(Step(1), Cancel);
        await _steps.Save(other, Cancel);

        await _steps.Delete(_session, Cancel);

        Assert.Empty(await _steps.List(_session, background: false, 0, 10, Cancel));
        Assert.NotNull(await _steps.Find(other.SessionId, 1, Cancel));
    }

    private StepRecord Step(long sequence, StepStatus status = StepStatus.Queued) => new()
    {
        SessionId = _session, Sequence = sequence, Context = "default", Status = status, CreatedAt = JobTestStates.Epoch, Tail = [],
    };
}
