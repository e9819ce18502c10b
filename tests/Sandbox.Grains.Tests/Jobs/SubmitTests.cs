using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class SubmitTests : NodeTest
{
    [Fact]
    public async Task Submit_CodeThatEndsWell_Succeeds()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Print("hello ");
        exec.Print("warning", OutputStream.Stderr);
        exec.Print("world");
        exec.Print("42", OutputStream.Result);
        exec.Exit();
        var job = await Ended(id);
        Assert.Equal((JobStatus.Succeeded, null, 0), (job.Status, job.Cause, job.ExitCode));
        Assert.Equal(("hello world", "warning", "42"), (job.Stdout, job.Stderr, job.Result));
        Assert.Equal((1, TestNode.Name, 1000), (job.Attempts, job.Node, job.Usage.PeakMemoryBytes));
    }

    [Fact]
    public async Task Submit_SandboxAtHand_RunsInItAndIsNeverReused()
    {
        Node.Pooled = true;
        await Node.Start();
        var kept = new[] { await Node.Runtime.Next(), await Node.Runtime.Next() };
        for (var i = 0; i < kept.Length; i++)
            await kept[i].NextConnection();
        while (!Node.Runtime.Live.All(sandbox => sandbox.Deadline is not null) && !Patience.Token.IsCancellationRequested)
            await Task.Yield();
        var id = await Submit();
        var refilled = await Node.Runtime.Next();
        var used = Assert.Single(kept, sandbox => sandbox.Id.ToString() == Durable(id)?.LastAttempt?.SandboxId);
        var exec = await used.NextExec();
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
        Assert.Empty(refilled.ExecIds);
        Assert.Single(used.ExecIds);
    }

    [Fact]
    public async Task Submit_Code_ReachesTheAgentAsItWasSubmitted()
    {
        await Node.Start();
        var spec = Spec() with { Args = ["-x"], Env = new Dictionary<string, string> { ["A"] = "1" }, Files = [new JobFile("dir/data.txt", "content"u8.ToArray())] };
        var (id, sandbox, exec) = await Running(spec);
        Assert.Equal(("print(1)", "input"), (exec.Code, exec.Stdin));
        Assert.Equal((KernelStarter.KernelId, true), (exec.Start!.Kernel, exec.Start.KillAllOnExit));
        Assert.Equal(["-x"], exec.Start.Argv);
        Assert.Equal("1", Assert.Single(exec.Start.Env).Value);
        Assert.Equal(new ExecLimits(60, 1 << 20), exec.Start.Limits);
        Assert.Equal("content", Encoding.UTF8.GetString(sandbox.Files["/workspace/dir/data.txt"]));
        Assert.True(exec.Start.DeadlineSeconds > 70);
        exec.Exit();
        await Ended(id);
    }

    [Fact]
    public async Task Submit_Command_RunsWithAnEnvironmentFromNothing()
    {
        await Node.Start();
        var (id, _, exec) = await Running(Spec() with { Language = null, Code = null, Command = ["ls", "-l"], Env = new Dictionary<string, string> { ["A"] = "1" } });
        Assert.Null(exec.Start!.Kernel);
        Assert.Equal(["ls", "-l"], exec.Start.Argv);
        Assert.Equal(("1", "/workspace"), (exec.Start.Env["A"], exec.Start.Env["HOME"]));
        exec.Exit(2);
        var job = await Ended(id);
        Assert.Equal((JobStatus.Failed, JobCauses.ExitCode, 2), (job.Status, job.Cause, job.ExitCode));
    }

    [Fact]
    public async Task Submit_Artifacts_AreKeptAndListed()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running(Spec() with { Artifacts = ["out.txt"] });
        sandbox.Files["/workspace/out.txt"] = "kept"u8.ToArray();
        sandbox.Files["/workspace/other.txt"] = "not"u8.ToArray();
        exec.Exit();
        var job = await Ended(id);
        Assert.Equal(("out.txt", 4, id.ToString()), (Assert.Single(job.Artifacts).Name, job.Artifacts[0].SizeBytes, job.Artifacts[0].Owner));
        Assert.Equal(job.Artifacts, Node.Artifacts.All);
    }

    [Fact]
    public async Task Submit_SameKeyAndRequest_RunsOnceAndAnswersBoth()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        var again = await Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token);
        Assert.True(again.Value!.Replayed);
        Assert.Equal((id.ToString(), JobStatus.Running), (again.Value.Job.Id, again.Value.Job.Status));
        exec.Exit();
        await Ended(id);
        var afterwards = await Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token);
        Assert.Equal((true, JobStatus.Succeeded), (afterwards.Value!.Replayed, afterwards.Value.Job.Status));
        Assert.Equal((1, 1), (Node.Runtime.Made, sandbox.ExecIds.Count));
    }

    [Fact]
    public async Task Submit_SameKeyAtTheSameTime_RunsOnce()
    {
        await Node.Start();
        var id = JobId.New();
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token)));
        Assert.Single(replies, reply => !reply.Value!.Replayed);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        await Ended(id);
        Assert.Equal(1, Node.Runtime.Made);
    }

    [Fact]
    public async Task Submit_SameKeyAnotherRequest_IsRefused()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        var reply = await Node.Job(id).Submit(Alice, Spec(), "another", Patience.Token);
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, reply.Refusal?.Code);
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task AnyCall_AnotherTenant_FindsNothing()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        var (job, token) = (Node.Job(id), Patience.Token);
        Refusal?[] refusals =
        [
            (await job.Get(Stranger, TimeSpan.Zero, token)).Refusal,
            (await job.ReadEvents(Stranger, 0, TimeSpan.Zero, token)).Refusal,
            (await job.Cancel(Stranger, token)).Refusal,
            (await job.Delete(Stranger, token)).Refusal,
            (await job.Submit(Stranger, Spec(), "fingerprint", token)).Refusal,
        ];
        Assert.All(refusals, refusal => Assert.Equal(RefusalCodes.NotFound, refusal?.Code));
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task AnyCall_NoSuchJob_FindsNothing()
    {
        await Node.Start();
        Assert.Equal(RefusalCodes.NotFound, (await RefusedGet(JobId.New())).Code);
        Assert.True(await Node.Job(JobId.New()).Expire(DateTimeOffset.MaxValue, Patience.Token));
        Assert.Empty(Node.States.Stored);
    }

    [Theory]
    [InlineData("auditor", RefusalCodes.PolicyDenied)]
    [InlineData("isolation", RefusalCodes.IsolationUnavailable)]
    [InlineData("template", RefusalCodes.TemplateUnknown)]
    [InlineData("language", RefusalCodes.InvalidRequest)]
    [InlineData("memory", RefusalCodes.CapacityExceeded)]
    public async Task Submit_Forbidden_IsRefusedAndLeavesNothing(string what, string code)
    {
        await Node.Start();
        var caller = what == "auditor" ? Alice with { Role = Roles.Auditor } : Alice;
        var spec = what switch
        {
            "isolation" => Spec() with { Isolation = IsolationClasses.Strong },
            "template" => Spec() with { Template = "unknown" },
            "language" => Spec() with { Language = "unknown" },
            "memory" => Spec() with { Limits = Spec().Limits with { MemoryBytes = long.MaxValue } },
            _ => Spec(),
        };
        var reply = await Node.Job(JobId.New()).Submit(caller, spec, "fingerprint", Patience.Token);
        Assert.Equal((code, null), (reply.Refusal?.Code, reply.Value));
        Assert.Empty(Node.States.Stored);
        Assert.Equal(0, Node.Runtime.Made);
    }

    [Fact]
    public async Task Get_WaitThatIsOver_AnswersWithTheRunningJob()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Print("so far");
        await Events(id, count: 3);
        var waiting = Node.Job(id).Get(Alice, TimeSpan.FromHours(1), Patience.Token);
        // However long it was asked for, a call ends within the bound.
        await Node.Time.Pass(Long);
        var job = (await waiting).Value!;
        Assert.Equal((JobStatus.Running, "so far"), (job.Status, job.Stdout));
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }
}
