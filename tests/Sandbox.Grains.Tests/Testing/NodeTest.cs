using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Jobs;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>A test on a node of its own; at its end nothing may be left: no sandbox, no room, no place in the queue.</summary>
public abstract class NodeTest : IAsyncLifetime
{
    private protected static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private protected static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private protected TestNode Node { get; } = new();

    private protected static Caller Alice { get; } = new("tenant", "alice", Roles.Member);

    private protected static Caller Stranger { get; } = new("stranger", "eve", Roles.Member);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await using (Node)
        {
            await Node.Idle();
            Assert.Equal((0, 0), (Node.Admission.Running, Node.Admission.Queued));
            await Node.Stop();
            // The pool gives its sandboxes back when the node stops.
            Assert.Empty(Node.Runtime.Live);
        }

        GC.SuppressFinalize(this);
    }

    private protected static JobSpec Spec(int maxAttempts = 1, long diskBytes = 256L << 20) => new(
        "python", "print(1)", null, [], new Dictionary<string, string>(), "input", [], null, IsolationClasses.Standard,
        new ResourceLimits(1, 64 << 20, diskBytes, 128, 60, 1 << 20), [], new Dictionary<string, string>(), maxAttempts);

    /// <summary>A job whose input is a state of its own.</summary>
    private protected static JobSpec LongSpec() => Spec() with { Files = [new JobFile("long", new byte[64 << 10])] };

    private protected async Task<JobId> Submit(JobSpec? spec = null)
    {
        var id = JobId.New();
        var reply = await Node.Job(id).Submit(Alice, spec ?? Spec(), "fingerprint", Patience.Token);
        Assert.Null(reply.Refusal);
        Assert.False(reply.Value!.Replayed);
        return id;
    }

    private protected async Task<JobView> View(JobId id)
    {
        var reply = await Node.Job(id).Get(Alice, TimeSpan.Zero, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private protected async Task<JobView> Ended(JobId id)
    {
        var reply = await Node.Job(id).Get(Alice, Long, Patience.Token);
        Assert.Null(reply.Refusal);
        Assert.NotNull(reply.Value!.FinishedAt);
        return reply.Value;
    }

    private protected async Task<JobView> Cancel(JobId id)
    {
        var reply = await Node.Job(id).Cancel(Alice, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private protected async Task<Refusal> RefusedGet(JobId id, Caller? caller = null)
    {
        var reply = await Node.Job(id).Get(caller ?? Alice, TimeSpan.Zero, Patience.Token);
        Assert.Null(reply.Value);
        return reply.Refusal!;
    }

    /// <summary>A job and the execution of its code, which has started.</summary>
    private protected async Task<(JobId Id, ScriptedSandbox Sandbox, ScriptedExec Exec)> Running(JobSpec? spec = null)
    {
        var id = await Submit(spec);
        var sandbox = await Node.Runtime.Next();
        return (id, sandbox, await sandbox.NextExec());
    }

    /// <summary>Reads events after an id until there are as many as asked for, or the job's last.</summary>
    private protected async Task<List<OutputEvent>> Events(JobId id, long after = 0, int count = int.MaxValue)
    {
        var events = new List<OutputEvent>();
        while (events.Count < count)
        {
            var reply = await Node.Job(id).ReadEvents(Alice, events.Count > 0 ? events[^1].Id : after, Long, Patience.Token);
            Assert.Null(reply.Refusal);
            events.AddRange(reply.Value!.Events);
            if (reply.Value.Ended)
                break;
        }

        return events;
    }

    private protected static string Text(IEnumerable<OutputEvent> events) =>
        string.Concat(events.Where(entry => entry.Kind == OutputEventKinds.Stdout).Select(entry => Encoding.UTF8.GetString(entry.Data)));

    /// <summary>What is durable of a job.</summary>
    private protected JobState? Durable(JobId id) => Node.States.Read<JobState>("job", id.ToString());
}
