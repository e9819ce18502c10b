using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class RetentionTests : NodeTest
{
    private static readonly DateTimeOffset Never = DateTimeOffset.MinValue;

    [Fact]
    public async Task Delete_Ended_RemovesEverythingAndAnswersWithTheJob()
    {
        await Node.Start();
        var id = await EndedJob();
        var reply = await Node.Job(id).Delete(Alice, Patience.Token);
        Assert.Equal((JobStatus.Succeeded, "output"), (reply.Value!.Status, reply.Value.Stdout));
        Assert.Empty(Node.States.Stored);
        Assert.Empty(Node.Artifacts.All);
        Assert.Empty(await Node.Outputs.Read(id.ToString(), 0, int.MaxValue, Patience.Token));
        Assert.Equal(RefusalCodes.NotFound, (await RefusedGet(id)).Code);
    }

    [Fact]
    public async Task Delete_Running_IsRefused()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        var reply = await Node.Job(id).Delete(Alice, Patience.Token);
        Assert.Equal(RefusalCodes.JobNotEnded, reply.Refusal?.Code);
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Submit_KeyOfADeletedJob_IsANewJob()
    {
        await Node.Start();
        var id = await EndedJob();
        await Node.Job(id).Delete(Alice, Patience.Token);
        var reply = await Node.Job(id).Submit(Alice, Spec(), "another", Patience.Token);
        Assert.False(reply.Value!.Replayed);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Delete_StorageFails_TheJobIsStillThereAndCanBeDeletedAgain()
    {
        await Node.Start();
        var id = await EndedJob();
        Node.States.Fail(new StorageCall("job", Write: false));
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Job(id).Delete(Alice, Patience.Token));
        Assert.Equal(JobStatus.Succeeded, (await View(id)).Status);
        Assert.NotNull((await Node.Job(id).Delete(Alice, Patience.Token)).Value);
        Assert.Empty(Node.States.Stored);
    }

    [Fact]
    public async Task Expire_EndedBefore_RemovesIt()
    {
        await Node.Start();
        var id = await EndedJob();
        Assert.False(await Node.Job(id).Expire(Never, Patience.Token));
        Assert.False(await Node.Job(id).Expire(Node.Time.GetUtcNow(), Patience.Token));
        Assert.True(await Node.Job(id).Expire(Node.Time.GetUtcNow().AddTicks(1), Patience.Token));
        Assert.Empty(Node.States.Stored);
        Assert.Empty(Node.Artifacts.All);
    }

    [Fact]
    public async Task Expire_Running_LeavesIt()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        Assert.False(await Node.Job(id).Expire(DateTimeOffset.MaxValue, Patience.Token));
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task End_OfEveryKind_ForgetsWhatWasRun()
    {
        await Node.Start();
        var id = await EndedJob();
        await Node.Deactivate(id);
        Assert.Equal([("job", id.ToString())], Node.States.Stored);
        Assert.Equal("output", (await View(id)).Stdout);
    }

    private async Task<JobId> EndedJob()
    {
        var (id, sandbox, exec) = await Running(Spec() with { Artifacts = ["a"] });
        sandbox.Files["/workspace/a"] = [1];
        exec.Print("output");
        exec.Exit();
        await Ended(id);
        await Node.Idle();
        return id;
    }
}
