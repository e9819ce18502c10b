using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class JobAuditTests
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Between_SubmissionThatStartsAtOnce_TellsOfBoth()
    {
        var next = JobStates.Queued().Start("sandbox", Later);

        Assert.Equal([AuditActions.JobSubmitted, AuditActions.JobStarted], JobAudit.Between(new JobState(), next).Select(what => what.Action));
    }

    [Fact]
    public void Between_End_TellsOfCauseAndUse()
    {
        var before = JobStates.Queued().Start("sandbox", Later);
        var outcome = new JobOutcome { Status = JobStatus.TimedOut, Cause = JobCauses.Timeout, Usage = new JobUsage(3, 2, 1024, 7) };

        var ended = Assert.Single(JobAudit.Between(before, before.End(outcome, Later)));

        Assert.Equal((AuditActions.JobEnded, AuditOutcomes.Failed, JobCauses.Timeout), (ended.Action, ended.Outcome, ended.Cause));
        Assert.Equal(new AuditUsage(3, 2, 1024, 7), ended.Usage);
    }

    [Fact]
    public void Between_LostAttemptThatIsMadeGood_TellsOfTheLoss()
    {
        var before = JobStates.Queued(maxAttempts: 2).Start("sandbox", Later);

        Assert.Equal(AuditActions.JobRequeued, Assert.Single(JobAudit.Between(before, before.Requeue(Later))).Action);
    }
}
