using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Sessions;

/// <summary>A test of sessions on a node of its own.</summary>
public abstract class SessionNodeTest : NodeTest
{
    private protected static SessionSpec SessionSpec(
        double ttl = 3600, double? idle = null, string onIdle = IdleActions.End, string isolation = IsolationClasses.Standard) => new(
        "python", null, isolation, new ResourceLimits(1, 64 << 20, 64 << 20, 128, 60, 1 << 20), ttl, idle, onIdle,
        new Dictionary<string, string> { ["A"] = "session", ["B"] = "session" }, new Dictionary<string, string>());

    private protected static StepSpec Code(string code, string context = "default", string? language = null) =>
        new(code, null, language, context, new Dictionary<string, string> { ["B"] = "step" }, null, null);

    private protected async Task<(SessionId Id, ScriptedSandbox Sandbox)> Open(SessionSpec? spec = null)
    {
        var id = SessionId.New();
        var reply = await Node.Session(id).Create(Alice, spec ?? SessionSpec(), "fingerprint", Patience.Token);
        Assert.Null(reply.Refusal);
        Assert.False(reply.Value!.Replayed);
        return (id, await Node.Runtime.Next());
    }

    private protected async Task<StepView> Step(SessionId id, StepSpec spec, TimeSpan wait, string? key = null)
    {
        var reply = await Node.Session(id).RunStep(Alice, spec, key, key is null ? null : "fingerprint", wait, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!.Step;
    }

    private protected async Task<StepView> Ended(SessionId id, long sequence)
    {
        var reply = await Node.Session(id).GetStep(Alice, sequence, Long, Patience.Token);
        Assert.Null(reply.Refusal);
        Assert.True(reply.Value!.Ended, $"The step is {reply.Value.Status}.");
        return reply.Value;
    }

    private protected async Task<SessionView> Session(SessionId id)
    {
        var reply = await Node.Session(id).Get(Alice, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private protected async Task<string> Gone(SessionId id)
    {
        var reply = await Node.Session(id).Get(Alice, Patience.Token);
        Assert.Null(reply.Value);
        return reply.Refusal!.Code;
    }

    private protected async Task<string?> GoneOrNull(SessionId id) => (await Node.Session(id).Get(Alice, Patience.Token)).Refusal?.Code;

    /// <summary>Looks again and again, and lets others work in between.</summary>
    private protected static async Task Until(Func<Task<bool>> reached)
    {
        while (!await reached())
        {
            Patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private protected async Task EndSession(SessionId id) => Assert.Null((await Node.Session(id).End(Alice, Patience.Token)).Refusal);
}
