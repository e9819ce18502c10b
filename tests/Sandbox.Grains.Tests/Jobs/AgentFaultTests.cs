using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class AgentFaultTests : NodeTest
{
    private static readonly TimeSpan Wall = TimeSpan.FromSeconds(70);

    [Fact]
    public async Task Connection_LostMidRun_OutputIsWholeAndNoPieceComesTwice()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        await sandbox.NextConnection();
        for (var i = 0; i < 5; i++)
        {
            exec.Print($"{i}a ");
            await Events(id, count: 3 + (2 * i));
            sandbox.Disconnect();
            exec.Print($"{i}b ");
            await sandbox.NextConnection();
        }

        exec.Exit();
        var expected = string.Concat(Enumerable.Range(0, 5).Select(i => $"{i}a {i}b "));
        var job = await Ended(id);
        Assert.Equal((JobStatus.Succeeded, expected, 1), (job.Status, job.Stdout, job.Attempts));
        Assert.Equal(expected, Text(await Events(id)));
        Assert.Single(sandbox.ExecIds);
    }

    [Fact]
    public async Task Connection_LostWhileStoring_OutputIsWhole()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        var large = new string('x', 300 * 1024);
        exec.Print(large);
        await exec.Acknowledged(1);
        sandbox.Disconnect();
        exec.Print("tail");
        exec.Exit();
        Assert.Equal((JobStatus.Succeeded, large + "tail"), ((await Ended(id)).Status, (await View(id)).Stdout));
    }

    [Theory]
    [InlineData(0, JobCauses.NodeLost)]
    [InlineData(1, JobCauses.OutOfMemory)]
    public async Task Sandbox_Dies_TheKernelsCountTellsWhy(int kills, string cause)
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        exec.Print("last words");
        await Events(id, count: 3);
        sandbox.Usage = sandbox.Usage with { OomKills = kills };
        sandbox.Die();
        var job = await Ended(id);
        Assert.Equal((JobStatus.Failed, cause, "last words"), (job.Status, job.Cause, job.Stdout));
    }

    [Fact]
    public async Task Sandbox_DiesOfMemory_IsNotTriedAgain()
    {
        await Node.Start();
        var (id, sandbox, _) = await Running(Spec(maxAttempts: 3));
        sandbox.Usage = sandbox.Usage with { OomKills = 1 };
        sandbox.Die();
        Assert.Equal((JobCauses.OutOfMemory, 1), ((await Ended(id)).Cause, (await View(id)).Attempts));
    }

    [Fact]
    public async Task Exec_FailsWithKillsCounted_IsOutOfMemory()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        sandbox.Usage = sandbox.Usage with { OomKills = 2, CpuSeconds = 1.5, PeakMemoryBytes = 77 };
        exec.End(new ExecResult(null, 9, ExecEnd.Program, 0, 0, false, false, false, null));
        var job = await Ended(id);
        Assert.Equal((JobCauses.OutOfMemory, "SIGKILL", 1.5, 77), (job.Cause, job.Signal, job.Usage.CpuSeconds, job.Usage.PeakMemoryBytes));
    }

    [Fact]
    public async Task Agent_EndsItByTheWall_IsTimedOut()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Print("partial");
        exec.End(new ExecResult(null, 9, ExecEnd.Timeout, 0, 0, false, false, false, null));
        Assert.Equal((JobStatus.TimedOut, JobCauses.Timeout, "partial"), ((await Ended(id)).Status, (await View(id)).Cause, (await View(id)).Stdout));
    }

    [Fact]
    public async Task Agent_NeverEndsIt_TheNodeDoes()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        exec.Print("partial");
        await Events(id, count: 3);
        await Node.Time.Pass(Wall);
        var job = await Ended(id);
        Assert.Equal((JobStatus.TimedOut, JobCauses.Timeout, "partial"), (job.Status, job.Cause, job.Stdout));
        await Node.Idle();
        Assert.True(sandbox.Dead);
    }

    [Fact]
    public async Task Agent_NeverAnswersAfterARestart_TheNodeEndsIt()
    {
        var id = JobId.New();
        var sandbox = Node.Runtime.Leave(Sandbox.Runtime.SandboxId.New());
        sandbox.Mute = true;
        Seeds.Running(Node, id, Spec(), sandbox.Id);
        await Node.Start();
        await sandbox.NextConnection();
        await Node.Time.Pass(Wall);
        Assert.Equal(JobStatus.TimedOut, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Command_CannotBeStarted_SaysSo()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.End(new ExecResult(null, null, ExecEnd.Program, 0, 0, false, false, false, "no such file"));
        var job = await Ended(id);
        Assert.Equal((JobStatus.Failed, JobCauses.StartFailed, null), (job.Status, job.Cause, job.ExitCode));
    }
}
