using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Jobs;

/// <summary>Jobs that begin with files which are artifacts.</summary>
public sealed class ArtifactInputTests : NodeTest
{
    [Fact]
    public async Task Submit_FileThatIsAnArtifact_IsInTheWorkspaceWhenTheCodeStarts()
    {
        await Node.Start();
        var artifact = await Put(Alice.TenantId, [1, 2, 3]);

        var (id, sandbox, exec) = await Running(With(artifact));

        Assert.Equal([1, 2, 3], sandbox.Files["/workspace/in/data.bin"]);
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Submit_ArtifactOfAnotherTenantOrOfNobody_IsRefusedAndRunsNothing()
    {
        await Node.Start();
        foreach (var artifact in new[] { await Put(Stranger.TenantId, [1]), ArtifactId.New().ToString() })
        {
            var refusal = (await Node.Job(JobId.New()).Submit(Alice, With(artifact), "fingerprint", Patience.Token)).Refusal!;

            Assert.Equal((RefusalCodes.ArtifactUnknown, "files[0].artifact"), (refusal.Code, refusal.Field));
        }

        Assert.Empty(Node.Runtime.Live);
    }

    [Fact]
    public async Task Start_ArtifactDamagedMeanwhile_FailsWithItsCause()
    {
        await Node.Start();
        var artifact = await Put(Alice.TenantId, [1]);
        Node.Artifacts.Damage();

        var ended = await Ended(await Submit(With(artifact)));

        Assert.Equal((JobStatus.Failed, JobCauses.ArtifactUnavailable), (ended.Status, ended.Cause));
    }

    private static JobSpec With(string artifact) => Spec() with { Files = [new JobFile("in/data.bin", [], artifact)] };

    private async Task<string> Put(string tenant, byte[] content) =>
        (await Node.Artifacts.Put(tenant, "agent:alice", "data.bin", new MemoryStream(content), content.Length, Patience.Token)).Id;
}
