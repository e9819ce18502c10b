using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Tests.Admission;

/// <summary>Quotas of tenants as they bound room on a node, and what becomes of it where they cannot be read.</summary>
public sealed class NodeAdmissionQuotaTests : NodeAdmissionTest
{
    [Fact]
    public void Enter_TenantAtItsQuota_WaitsAndLeavesTheRoomToOthers()
    {
        var admission = Admission(slots: 8);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 1 });
        var first = Enter(admission);
        var second = Enter(admission);
        Assert.False(second.IsGranted);
        Assert.True(Enter(admission, "b").IsGranted);
        first.Dispose();
        Assert.True(second.IsGranted);
    }

    [Theory]
    [InlineData(1.5, 1000)]
    [InlineData(1000, 150)]
    public void Enter_CpuOrMemoryOfTheTenantUsed_Waits(double cpu, long memory)
    {
        var admission = Admission(slots: 8);
        Set("a", new QuotaOverrides { Cpu = cpu, MemoryBytes = memory * Mib });
        Enter(admission, memory: 100 * Mib);
        Assert.False(Enter(admission, memory: 100 * Mib).IsGranted);
    }

    [Theory]
    [InlineData(0.5, 1000, "limits.cpu")]
    [InlineData(1000, 50, "limits.memoryBytes")]
    public void Enter_MoreThanTheTenantMayEverUse_IsRefusedForEver(double cpu, long memory, string field)
    {
        var admission = Admission();
        Set("a", new QuotaOverrides { Cpu = cpu, MemoryBytes = memory * Mib });
        var refusal = Refused(admission, memory: 100 * Mib);
        Assert.Equal((RefusalCodes.CapacityExceeded, field, null), (refusal.Code, refusal.Field, refusal.RetryAfter));
    }

    [Fact]
    public async Task Enter_AnotherProcessFreesTheQuota_IsGrantedSoon()
    {
        var admission = Admission(slots: 8);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 2 });
        Usage.Durable["a"] = new TenantUse(2, 0, 0, 0, 0);
        var granted = new TaskCompletionSource();
        var ticket = Enter(admission, granted: granted.SetResult);
        Assert.False(ticket.IsGranted);
        Time.Advance(NodeAdmission.QuotaInterval);
        Assert.False(ticket.IsGranted);
        Usage.Durable["a"] = new TenantUse(1, 0, 0, 0, 0);
        Time.Advance(NodeAdmission.QuotaInterval);
        await granted.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(ticket.IsGranted);
    }

    [Fact]
    public void Enter_QuotaRaised_IsGrantedSoon()
    {
        var admission = Admission(slots: 8);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 0 });
        var ticket = Enter(admission);
        Assert.False(ticket.IsGranted);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 1 });
        Time.Advance(NodeAdmission.QuotaInterval);
        Assert.True(ticket.IsGranted);
    }

    [Fact]
    public void Enter_QuotaOfWaitingJobsUsedByOthers_NamesItWithLimitAndUse()
    {
        var admission = Admission(slots: 1, queuePerTenant: 3);
        Enter(admission);
        Usage.Durable["a"] = new TenantUse(0, 2, 0, 0, 0);
        Enter(admission);
        Assert.Equal(new QuotaBreach(QuotaNames.QueuedJobs, 3, 3), Refused(admission).Quota);
    }

    [Fact]
    public void Enter_NoQueueAllowed_RunsWhereThereIsRoom()
    {
        var admission = Admission(slots: 1, queuePerTenant: 0);
        Assert.True(Enter(admission).IsGranted);
        Assert.Equal(RefusalCodes.QuotaExceeded, Refused(admission).Code);
    }

    [Fact]
    public void Enter_QuotaLoweredBelowWhatWaits_RunsAloneInsteadOfNever()
    {
        var admission = Admission(slots: 1);
        var first = Enter(admission, "b");
        var waiting = Enter(admission, memory: 100 * Mib);
        Set("a", new QuotaOverrides { MemoryBytes = 50 * Mib });
        first.Dispose();
        Assert.True(waiting.IsGranted);
    }

    [Fact]
    public void Enter_UseCannotBeRead_LeavesNothingBehind()
    {
        var admission = Admission(slots: 1);
        var running = Enter(admission, "b");
        Usage.GoodReads = 1;
        Assert.Throws<IOException>(() => admission.Enter(Ask("a", Mib), () => { }));
        running.Dispose();
        Usage.GoodReads = int.MaxValue;
        Assert.Equal((0, 0), (admission.Running, admission.Queued));
        Assert.True(Enter(admission).IsGranted);
    }

    [Fact]
    public void Dispose_UseCannotBeRead_IsLookedAtAgain()
    {
        var admission = Admission(slots: 1);
        var running = Enter(admission, "b");
        var waiting = Enter(admission);
        Usage.GoodReads = 0;
        running.Dispose();
        Assert.False(waiting.IsGranted);
        Time.Advance(NodeAdmission.QuotaInterval);
        Usage.GoodReads = int.MaxValue;
        Time.Advance(NodeAdmission.QuotaInterval);
        Assert.True(waiting.IsGranted);
    }

    [Fact]
    public void Readmit_ShareIsDurable_IsGrantedAtTheQuota()
    {
        var admission = Admission(slots: 8);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 1 });
        Usage.Durable["a"] = new TenantUse(1, 0, 0, 0, 0);
        Assert.True(admission.Readmit(Ask("a", Mib), running: false, counted: true, () => { }).IsGranted);
        Assert.False(admission.Readmit(Ask("a", Mib), running: false, counted: false, () => { }).IsGranted);
    }
}
