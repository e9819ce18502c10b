using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Tests.Admission;

/// <summary>Room on a node: slots, memory, the queue.</summary>
public sealed class NodeAdmissionTests : NodeAdmissionTest
{
    [Fact]
    public void Enter_RoomFree_IsGrantedAtOnce()
    {
        var admission = Admission(slots: 2);
        Assert.True(Enter(admission).IsGranted);
        Assert.Equal((1, 0), (admission.Running, admission.Queued));
    }

    [Fact]
    public void Enter_SlotsTaken_Waits()
    {
        var admission = Admission(slots: 1);
        Enter(admission);
        Assert.False(Enter(admission).IsGranted);
        Assert.Equal((1, 1), (admission.Running, admission.Queued));
    }

    [Fact]
    public void Enter_MemoryPromised_Waits()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        Enter(admission, memory: 60 * Mib);
        Assert.False(Enter(admission, memory: 60 * Mib).IsGranted);
        Assert.Equal((1, 1), (admission.Running, admission.Queued));
    }

    [Fact]
    public void Enter_MemoryExactlyLeft_IsGranted()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        Enter(admission, memory: 60 * Mib);
        Assert.True(Enter(admission, memory: 40 * Mib).IsGranted);
    }

    [Fact]
    public void Enter_MoreThanTheNodeHas_IsRefusedForEver()
    {
        var refusal = Refused(Admission(memory: 100 * Mib), memory: (100 * Mib) + 1);
        Assert.Equal((RefusalCodes.CapacityExceeded, "limits.memoryBytes"), (refusal.Code, refusal.Field));
        Assert.Null(refusal.RetryAfter);
    }

    [Fact]
    public void Enter_QueueOfTheTenantFull_IsRefusedWithItsCode()
    {
        var admission = Admission(slots: 1, queue: 10, queuePerTenant: 1);
        Enter(admission);
        Enter(admission);
        var refusal = Refused(admission);
        Assert.Equal(RefusalCodes.QuotaExceeded, refusal.Code);
        Assert.True(refusal.RetryAfter >= TimeSpan.FromSeconds(1));
        Assert.False(Enter(admission, "other").IsGranted);
        Assert.Equal(2, admission.Queued);
    }

    [Fact]
    public void Enter_QueueOfTheNodeFull_IsRefusedWithItsCode()
    {
        var admission = Admission(slots: 1, queue: 1, queuePerTenant: 10);
        Enter(admission);
        Enter(admission);
        var refusal = Refused(admission, "other");
        Assert.Equal(RefusalCodes.QueueFull, refusal.Code);
        Assert.True(refusal.RetryAfter >= TimeSpan.FromSeconds(1));
        Assert.Equal(1, admission.Queued);
    }

    [Fact]
    public void Enter_LongWorkBefore_AsksToRetryLaterButWithinAMinute()
    {
        var admission = Admission(slots: 1, queue: 1);
        for (var i = 0; i < 50; i++)
        {
            var work = Enter(admission);
            Time.Advance(TimeSpan.FromHours(1));
            work.Dispose();
        }

        Enter(admission);
        Enter(admission);
        Assert.Equal(TimeSpan.FromMinutes(1), Refused(admission).RetryAfter);
    }

    [Fact]
    public async Task Dispose_Granted_GrantsTheNext()
    {
        var admission = Admission(slots: 1);
        var first = Enter(admission);
        var granted = new TaskCompletionSource();
        var second = Enter(admission, granted: granted.SetResult);
        first.Dispose();
        await granted.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(second.IsGranted);
        Assert.Equal((1, 0), (admission.Running, admission.Queued));
    }

    [Fact]
    public void Dispose_Waiting_LeavesTheQueue()
    {
        var admission = Admission(slots: 1);
        var first = Enter(admission);
        var second = Enter(admission);
        second.Dispose();
        Assert.Equal((1, 0), (admission.Running, admission.Queued));
        first.Dispose();
        Assert.False(second.IsGranted);
        Assert.Equal((0, 0), (admission.Running, admission.Queued));
    }

    [Fact]
    public void Dispose_Twice_GivesBackOnce()
    {
        var admission = Admission(slots: 2);
        var first = Enter(admission);
        Enter(admission);
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, admission.Running);
    }

    [Fact]
    public void Dispose_GrantedOutOfTheQueue_GivesTheRoomBack()
    {
        var admission = Admission(slots: 1);
        var first = Enter(admission);
        var second = Enter(admission);
        first.Dispose();
        Assert.True(second.IsGranted);
        second.Dispose();
        Assert.Equal((0, 0), (admission.Running, admission.Queued));
    }

    [Fact]
    public void Dispose_LargeHeadLeaves_TheItemBehindItIsGranted()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        Enter(admission, memory: 60 * Mib);
        var large = Enter(admission, memory: 90 * Mib);
        var small = Enter(admission, memory: 10 * Mib);
        Assert.False(small.IsGranted);
        large.Dispose();
        Assert.True(small.IsGranted);
    }

    [Fact]
    public void Dispose_RoomForSeveral_GrantsSeveral()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        var large = Enter(admission, memory: 100 * Mib);
        AdmissionTicket[] small = [Enter(admission, memory: 50 * Mib), Enter(admission, memory: 50 * Mib), Enter(admission, memory: 50 * Mib)];
        large.Dispose();
        Assert.Equal([true, true, false], small.Select(ticket => ticket.IsGranted));
    }

    [Fact]
    public void Readmit_MoreThanTheNodeHasNow_IsGrantedWhenAlone()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        var first = Enter(admission);
        var large = admission.Readmit(Ask("b", 200 * Mib), running: false, counted: true, () => { });
        Assert.False(large.IsGranted);
        first.Dispose();
        Assert.True(large.IsGranted);
    }

    [Fact]
    public void Readmit_QueueFull_IsNotRefused()
    {
        var admission = Admission(slots: 1, queue: 0, queuePerTenant: 0);
        Enter(admission);
        Assert.False(admission.Readmit(Ask("a", Mib), running: false, counted: false, () => { }).IsGranted);
        Assert.Equal(1, admission.Queued);
    }

    [Fact]
    public void Readmit_RunsAlready_IsGrantedBeyondTheSlots()
    {
        var admission = Admission(slots: 1);
        Enter(admission);
        var second = admission.Readmit(Ask("a", Mib), running: true, counted: true, () => { });
        Assert.True(second.IsGranted);
        Assert.Equal(2, admission.Running);
        second.Dispose();
        Assert.False(Enter(admission).IsGranted);
    }
}
