using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Snapshots;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Snapshots;

/// <summary>A test of copied sessions on a node of its own; at its end nothing is stored that no snapshot or session has.</summary>
public abstract class SnapshotNodeTest : SessionNodeTest
{
    private protected static SessionSpec Strong(double ttl = 3600, double? idle = null, string onIdle = IdleActions.End) =>
        SessionSpec(ttl, idle, onIdle, IsolationClasses.Strong);

    private protected async Task Start()
    {
        Node.Runtime.Available = new HashSet<IsolationClass> { IsolationClass.Standard, IsolationClass.Strong };
        await Node.Start();
    }

    private protected static SnapshotSpec Spec(SessionId session, bool memory = false, double? ttl = null) =>
        new(session.ToString(), "name", memory, ttl, new Dictionary<string, string>());

    private protected async Task<SnapshotView> Keep(SessionId session, bool memory = false, double? ttl = null)
    {
        var reply = await Node.Snapshot(SnapshotId.New()).Create(Alice, Spec(session, memory, ttl), "fingerprint", Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!.Snapshot;
    }

    private protected async Task<Refusal> RefusedKeep(SessionId session, bool memory = false)
    {
        var id = SnapshotId.New();
        var reply = await Node.Snapshot(id).Create(Alice, Spec(session, memory), "fingerprint", Patience.Token);
        Assert.Null(reply.Value);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Snapshot(id).Get(Alice, Patience.Token)).Refusal!.Code);
        AssertNothingIsLeft();
        return reply.Refusal!;
    }

    /// <summary>Nothing is stored, and no state or image waits for anybody.</summary>
    private protected void AssertNothingIsLeft()
    {
        Assert.Empty(Node.Artifacts.All);
        Assert.DoesNotContain(Node.States.Stored, entry => entry.Name == "snapshot");
        Assert.Equal(0, Node.Runtime.Images);
    }

    /// <summary>What is durable of a snapshot.</summary>
    private protected SnapshotState? Durable(string id) => Node.States.Read<SnapshotState>("snapshot", id);

    private protected async Task<string> Refused(SessionSpec spec)
    {
        var id = SessionId.New();
        var reply = await Node.Session(id).Create(Alice, spec, "fingerprint", Patience.Token);
        Assert.Null(reply.Value);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).Get(Alice, Patience.Token)).Refusal!.Code);
        return reply.Refusal!.Code + (reply.Refusal.Field is { } field ? $" {field}" : "");
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
