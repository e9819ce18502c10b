using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Sessions;

/// <summary>A session that is asked for.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Id">The session.</param>
/// <param name="Spec">What it shall be.</param>
/// <param name="Fingerprint">Hash of the request.</param>
internal sealed record SessionOrder(Caller Caller, SessionId Id, SessionSpec Spec, string Fingerprint)
{
    /// <summary>The id under which storage counts it against its tenant's quotas.</summary>
    public string CountedAs { get; init; } = Id.ToString();

    /// <summary>What is recorded as denied, where it is.</summary>
    public AuditResource Resource { get; init; } = new(AuditResourceTypes.Session, Id.ToString());

    /// <summary>The action that is recorded then.</summary>
    public string DeniedAction { get; init; } = AuditActions.SessionDenied;

    /// <summary>Prepares its sandbox before anybody is told of it: no session that is durable lacks anything. A refusal, or a failure, takes the sandbox with it.</summary>
    public Func<SandboxLink, CancellationToken, Task<Refusal?>>? Prepare { get; init; }
}
