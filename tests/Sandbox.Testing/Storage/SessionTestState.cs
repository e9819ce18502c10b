using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Testing.Storage;

/// <summary>State of a session with a row in the query tables.</summary>
public sealed class SessionTestState : ISessionIndexed
{
    public SessionId Id { get; set; }

    public string TenantId { get; set; } = string.Empty;

    public string? SandboxId { get; set; }

    public SessionView View { get; set; } = null!;

    public TenantShare Share { get; set; }

    public SessionRow ToRow() => new(Id, TenantId, View, SandboxId, Share);
}

/// <summary>Makes sessions for tests.</summary>
public static class SessionTestStates
{
    public static SessionTestState Ready(string tenantId, DateTimeOffset createdAt, string node = "node-1", params (string Key, string Value)[] metadata)
    {
        var id = SessionId.New();
        var view = new SessionView(
            id.ToString(), SessionStatus.Ready, Cause: null, "python", IsolationClasses.Standard, Template: null,
            new ResourceLimits(1, 256 << 20, 64 << 20, 64, 30, 1 << 20), IdleSeconds: null, IdleActions.End, node, Epoch: 1, Steps: 0, "agent",
            new PolicyDecision("default", 1, Allowed: true), metadata.ToDictionary(label => label.Key, label => label.Value),
            createdAt, createdAt.AddHours(1), EndedAt: null);
        return new SessionTestState { Id = id, TenantId = tenantId, SandboxId = "sandbox", View = view };
    }

    public static SessionTestState Ended(this SessionTestState state, SessionStatus status, DateTimeOffset at)
    {
        state.View = state.View with { Status = status, EndedAt = at };
        state.SandboxId = null;
        return state;
    }

    public static GrainId GrainId(this SessionTestState state) => Orleans.Runtime.GrainId.Create("session", state.Id.ToString());
}
