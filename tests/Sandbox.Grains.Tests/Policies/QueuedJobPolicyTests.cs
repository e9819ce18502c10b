using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>What a change of a policy does to jobs that wait under it.</summary>
public sealed class QueuedJobPolicyTests : PolicyNodeTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Put_WhatForbidsAWaitingJob_EndsItBeforeItBegins(bool isLong)
    {
        var (waiting, finish) = await Wait(isLong);

        await Store(new PolicyDocument { Languages = [] }, "named");
        finish();

        var job = await Ended(waiting);
        Assert.Equal((JobStatus.Failed, JobCauses.PolicyDenied, 0), (job.Status, job.Cause, job.Attempts));
        Assert.Equal(("named", 2, false, "languages"), (job.Decision.Policy, job.Decision.Version, job.Decision.Allowed, job.Decision.Rule));
    }

    [Fact]
    public async Task Remove_ThePolicyOfAWaitingJob_EndsItBeforeItBegins()
    {
        var (waiting, finish) = await Wait(isLong: false);

        await Remove("named");
        finish();

        Assert.Equal(JobCauses.PolicyDenied, (await Ended(waiting)).Cause);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Put_WhatAllowsAWaitingJobLess_IsWhatItBeginsWith(bool isLong)
    {
        var (waiting, finish) = await Wait(isLong);

        await Store(new PolicyDocument { Artifacts = new PolicyArtifacts { MaxBytes = 7 } }, "named");
        finish();

        await Until(async () => (await View(waiting)).Status == JobStatus.Running);
        Assert.Equal(new PolicyDecision("named", 2, true), (await View(waiting)).Decision);
        var permit = Durable(waiting)!.ShortInput?.Permit ?? Node.States.Read<Sandbox.Grains.Jobs.JobInput>("job-input", waiting.ToString())!.Permit;
        Assert.Equal((2, 7L), (permit.Version, permit.MaxArtifactBytes));
        await Cancel(waiting);
    }

    // One runs, the other waits for its place.
    private async Task<(JobId Waiting, Action Finish)> Wait(bool isLong)
    {
        Node.Slots = 1;
        await Node.Start();
        await Store(new PolicyDocument(), "named");
        var (_, _, exec) = await Running();
        var waiting = await Submit((isLong ? LongSpec() : Spec()) with { Policy = "named" });
        Assert.Equal(JobStatus.Queued, (await View(waiting)).Status);
        return (waiting, () => exec.Exit());
    }
}
