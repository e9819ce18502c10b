using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Quotas;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Admission;

public sealed class NodeAdmissionTests
{
    private const long Mib = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedUsage _usage = new();

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
            _time.Advance(TimeSpan.FromHours(1));
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
    public void Dispose_BurstOfOneTenant_ServesTenantsInTurn()
    {
        var admission = Admission(slots: 1);
        var running = Enter(admission);
        var waiting = new (string Name, AdmissionTicket Ticket)[]
        {
            ("a1", Enter(admission, "a")), ("a2", Enter(admission, "a")), ("a3", Enter(admission, "a")), ("b1", Enter(admission, "b")),
        }.ToList();
        var order = new List<string>();
        while (waiting.Count > 0)
        {
            running.Dispose();
            var (name, ticket) = Assert.Single(waiting, entry => entry.Ticket.IsGranted);
            waiting.Remove((name, ticket));
            order.Add(name);
            running = ticket;
        }

        Assert.Equal(["a1", "b1", "a2", "a3"], order);
    }

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
        _usage.Durable["a"] = new TenantUse(2, 0, 0, 0, 0);
        var granted = new TaskCompletionSource();
        var ticket = Enter(admission, granted: granted.SetResult);
        Assert.False(ticket.IsGranted);
        _time.Advance(NodeAdmission.QuotaInterval);
        Assert.False(ticket.IsGranted);
        _usage.Durable["a"] = new TenantUse(1, 0, 0, 0, 0);
        _time.Advance(NodeAdmission.QuotaInterval);
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
        _time.Advance(NodeAdmission.QuotaInterval);
        Assert.True(ticket.IsGranted);
    }

    [Fact]
    public void Enter_QuotaOfWaitingJobsUsedByOthers_NamesItWithLimitAndUse()
    {
        var admission = Admission(slots: 1, queuePerTenant: 3);
        Enter(admission);
        _usage.Durable["a"] = new TenantUse(0, 2, 0, 0, 0);
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
    public void Enter_QueueFilledByOneTenant_DoesNotRefuseAnotherForWhomThereIsRoom()
    {
        var admission = Admission(slots: 8, queue: 1);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 1 });
        Enter(admission);
        Enter(admission);
        Assert.Equal(RefusalCodes.QueueFull, Refused(admission).Code);
        Assert.True(Enter(admission, "b").IsGranted);
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
    public void Dispose_SmallOnesOfOthersKeepComing_TheLargeOneGetsItsTurn()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        var running = new Queue<AdmissionTicket>([Enter(admission, "small", 50 * Mib), Enter(admission, "small", 50 * Mib)]);
        var large = Enter(admission, "large", 100 * Mib);
        var overtakes = 0;
        while (!large.IsGranted)
        {
            var next = Enter(admission, "small", 50 * Mib);
            running.Enqueue(next);
            running.Dequeue().Dispose();
            overtakes++;
            Assert.True(overtakes <= 2 * NodeAdmission.MostOvertakes, "The large one is overtaken without bound.");
        }

        Assert.Equal(1, admission.Running);
    }

    [Fact]
    public void Dispose_LargeOneThatItsQuotaWouldNotLetIn_KeepsNoRoomFromOthers()
    {
        var admission = Admission(slots: 8, memory: 100 * Mib);
        Set("large", new QuotaOverrides { ConcurrentSandboxes = 1 });
        Enter(admission, "large", Mib);
        var running = Enter(admission, "small", 50 * Mib);
        var large = Enter(admission, "large", 99 * Mib);
        for (var i = 0; i < 3 * NodeAdmission.MostOvertakes; i++)
        {
            var next = Enter(admission, "small", 50 * Mib);
            running.Dispose();
            Assert.True(next.IsGranted);
            running = next;
        }

        Assert.False(large.IsGranted);
        Assert.True(Enter(admission, "small", 40 * Mib).IsGranted);
    }

    [Fact]
    public void Enter_UseCannotBeRead_LeavesNothingBehind()
    {
        var admission = Admission(slots: 1);
        var running = Enter(admission, "b");
        _usage.GoodReads = 1;
        Assert.Throws<IOException>(() => admission.Enter(Ask("a", Mib), () => { }));
        running.Dispose();
        _usage.GoodReads = int.MaxValue;
        Assert.Equal((0, 0), (admission.Running, admission.Queued));
        Assert.True(Enter(admission).IsGranted);
    }

    [Fact]
    public void Dispose_UseCannotBeRead_IsLookedAtAgain()
    {
        var admission = Admission(slots: 1);
        var running = Enter(admission, "b");
        var waiting = Enter(admission);
        _usage.GoodReads = 0;
        running.Dispose();
        Assert.False(waiting.IsGranted);
        _time.Advance(NodeAdmission.QuotaInterval);
        _usage.GoodReads = int.MaxValue;
        _time.Advance(NodeAdmission.QuotaInterval);
        Assert.True(waiting.IsGranted);
    }

    [Fact]
    public void Dispose_BurstAndLateTenant_LateOneIsDelayedByOneOfTheBurstAtMost()
    {
        const int Slots = 4;
        var admission = Admission(slots: Slots, queue: 1000, queuePerTenant: 1000);
        var running = Enumerable.Range(0, Slots).Select(_ => Enter(admission, "burst")).ToList();
        var waiting = Enumerable.Range(0, 500).Select(_ => Enter(admission, "burst")).ToList();
        var late = Enumerable.Range(0, 10).Select(_ => Enter(admission, "late")).ToList();
        waiting.AddRange(late);
        var ends = 0;
        while (late.Exists(ticket => !ticket.IsGranted))
        {
            running[0].Dispose();
            running.RemoveAt(0);
            ends++;
            var next = Assert.Single(waiting, ticket => ticket.IsGranted);
            waiting.Remove(next);
            running.Add(next);
        }

        // Half of what ends makes room for each of two tenants.
        Assert.InRange(ends, 10, 20);
    }

    [Fact]
    public void Readmit_ShareIsDurable_IsGrantedAtTheQuota()
    {
        var admission = Admission(slots: 8);
        Set("a", new QuotaOverrides { ConcurrentSandboxes = 1 });
        _usage.Durable["a"] = new TenantUse(1, 0, 0, 0, 0);
        Assert.True(admission.Readmit(Ask("a", Mib), running: false, counted: true, () => { }).IsGranted);
        Assert.False(admission.Readmit(Ask("a", Mib), running: false, counted: false, () => { }).IsGranted);
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

    [Fact]
    public async Task Enter_ManyThreads_NeitherLosesAGrantNorExceedsTheSlots()
    {
        const int Workers = 8;
        const int Each = 400;
        const int Slots = 3;
        var admission = Admission(slots: Slots, queue: Workers, queuePerTenant: Workers);
        var running = 0;
        var highest = new ConcurrentBag<int>();

        async Task Work(int worker)
        {
            for (var i = 0; i < Each; i++)
            {
                var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var ticket = admission.Enter(Ask($"t{worker % 3}", Mib), () => granted.TrySetResult()).Value!;
                if (worker == 0 && i % 2 == 0)
                {
                    // Leaves in whatever state it is.
                    ticket.Dispose();
                    continue;
                }

                if (!ticket.IsGranted)
                    await granted.Task;
                highest.Add(Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                ticket.Dispose();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => Work(worker)))).WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(highest.Max() <= Slots);
        Assert.Equal((0, 0), (admission.Running, admission.Queued));
    }

    private NodeAdmission Admission(int slots = 4, long memory = 1000 * Mib, int queue = 100, int queuePerTenant = 100) => new(
        Options.Create(new NodeOptions { Name = "node", Slots = slots, MemoryBytes = memory, QueueLength = queue }),
        new TenantShares(_usage, new InstallationQuotas(Options.Create(new QuotaOptions { QueuedJobs = queuePerTenant }))),
        _time,
        NullLogger<NodeAdmission>.Instance);

    private static AdmissionRequest Ask(string tenant, long memory, double cpu = 1) =>
        new(tenant, $"{Guid.NewGuid()}", new ResourceLimits(cpu, memory, 0, 1, 1, 0));

    private static AdmissionTicket Enter(NodeAdmission admission, string tenant = "a", long memory = Mib, Action? granted = null)
    {
        var reply = admission.Enter(Ask(tenant, memory), granted ?? (() => { }));
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private void Set(string tenant, QuotaOverrides quotas) => _usage.Overrides[tenant] = quotas;

    private static Refusal Refused(NodeAdmission admission, string tenant = "a", long memory = Mib)
    {
        var reply = admission.Enter(Ask(tenant, memory), () => { });
        Assert.Null(reply.Value);
        return reply.Refusal!;
    }
}
