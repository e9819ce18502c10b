using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Tests.Admission;

/// <summary>Whose turn it is.</summary>
public sealed class NodeAdmissionFairnessTests : NodeAdmissionTest
{
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
}
