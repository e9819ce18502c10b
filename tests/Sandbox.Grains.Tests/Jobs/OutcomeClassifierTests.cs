using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;
using Sandbox.Protocol;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class OutcomeClassifierTests
{
    private static readonly ExecResult Success = new(0, null, ExecEnd.Program, 0, 0, false, false, false, null);

    public static TheoryData<string, JobStatus, string?, int?, string?> Cases() => new()
    {
        { "exit 0", JobStatus.Succeeded, null, 0, null },
        { "exit 3", JobStatus.Failed, JobCauses.ExitCode, 3, null },
        { "signal 11", JobStatus.Failed, JobCauses.Signal, null, "SIGSEGV" },
        { "signal 9", JobStatus.Failed, JobCauses.Signal, null, "SIGKILL" },
        { "signal 31", JobStatus.Failed, JobCauses.Signal, null, "SIGSYS" },
        { "signal 34", JobStatus.Failed, JobCauses.Signal, null, "SIG34" },
        { "signal 9, timeout", JobStatus.TimedOut, JobCauses.Timeout, null, "SIGKILL" },
        { "signal 9, output", JobStatus.Failed, JobCauses.OutputLimit, null, "SIGKILL" },
        { "signal 9, killed", JobStatus.Cancelled, JobCauses.Cancelled, null, "SIGKILL" },
        { "signal 9, oom", JobStatus.Failed, JobCauses.OutOfMemory, null, "SIGKILL" },
        { "exit 1, oom", JobStatus.Failed, JobCauses.OutOfMemory, 1, null },
        { "exit 0, oom", JobStatus.Succeeded, null, 0, null },
        { "exit 1, disk", JobStatus.Failed, JobCauses.DiskLimit, 1, null },
        { "exit 0, disk", JobStatus.Succeeded, null, 0, null },
        { "exit 1, processes", JobStatus.Failed, JobCauses.ProcessLimit, 1, null },
        { "exit 0, processes", JobStatus.Succeeded, null, 0, null },
        { "exit 1, oom, disk, processes", JobStatus.Failed, JobCauses.OutOfMemory, 1, null },
        { "exit 1, disk, processes", JobStatus.Failed, JobCauses.DiskLimit, 1, null },
        { "signal 9, timeout, oom", JobStatus.TimedOut, JobCauses.Timeout, null, "SIGKILL" },
        { "exit 0, timeout", JobStatus.TimedOut, JobCauses.Timeout, 0, null },
        { "not started", JobStatus.Failed, JobCauses.StartFailed, null, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Classify_Table_NamesTheLimitBeforeTheNumber(string what, JobStatus status, string? cause, int? exitCode, string? signal)
    {
        var outcome = OutcomeClassifier.Classify(Result(what), what.Contains("oom") ? 2 : 0, what.Contains("processes"));
        Assert.Equal((status, cause, exitCode, signal), (outcome.Status, outcome.Cause, outcome.ExitCode, outcome.Signal));
    }

    [Fact]
    public void Classify_Truncation_IsCarriedOver()
    {
        var outcome = OutcomeClassifier.Classify(Success with { StdoutTruncated = true }, 0, false);
        Assert.Equal((true, false), (outcome.StdoutTruncated, outcome.StderrTruncated));
    }

    [Theory]
    [InlineData(null, null, JobCauses.NodeLost)]
    [InlineData(0L, null, JobCauses.NodeLost)]
    [InlineData(1L, null, JobCauses.OutOfMemory)]
    [InlineData(1L, 1L, JobCauses.NodeLost)]
    [InlineData(2L, 1L, JobCauses.OutOfMemory)]
    public void ClassifyLost_KillsSinceTheStart_TellMemoryFromLoss(long? kills, long? before, string cause)
    {
        var outcome = OutcomeClassifier.ClassifyLost(Usage(kills), Usage(before));
        Assert.Equal((JobStatus.Failed, cause), (outcome.Status, outcome.Cause));
    }

    private static SandboxUsage? Usage(long? kills) => kills is { } count ? new SandboxUsage(0, 0, 0, count, 0) : null;

    private static ExecResult Result(string what)
    {
        if (what == "not started")
            return Success with { ExitCode = null, StartError = "no such file" };
        var words = what.Split(", ")[0].Split(' ');
        var number = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
        return Success with
        {
            ExitCode = words[0] == "exit" ? number : null,
            Signal = words[0] == "signal" ? number : null,
            EndedBy = what.Contains("timeout") ? ExecEnd.Timeout : what.Contains("output") ? ExecEnd.OutputLimit : what.Contains("killed") ? ExecEnd.Killed : ExecEnd.Program,
            DiskFull = what.Contains("disk"),
        };
    }
}
