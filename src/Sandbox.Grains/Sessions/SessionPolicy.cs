using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Sessions;

/// <summary>Keeps a session to its policy as that changes. Used in the turns of the session's grain only.</summary>
internal sealed partial class SessionPolicy(SessionRecord record, PolicyGate gate, SessionServices services, SessionLife life)
{
    /// <summary>Takes the policy as it is now; nothing where that is the version that the session goes by.</summary>
    public async Task Renew(CancellationToken cancellationToken)
    {
        var state = record.Current;
        if (!state.Exists || state.Ended)
            return;
        var permit = await gate.PermitOf(state.TenantId, state.Decision, cancellationToken);
        if (record.Current.Permit.Version == permit.Version)
            return;
        await record.Change(current => current.Ended ? current : current.Renew(permit, services.Time.GetUtcNow()));
        services.Ports.Narrow(state.Id, permit.Services);
        LogRenewed(services.Logger, state.Id, permit.Policy, permit.Version);
        await life.Renewed(movedEnd: record.Current.ExpiresAt != state.ExpiresAt, cancellationToken);
    }

    /// <summary>Why it may not wake under its policy as that is now; null when it may.</summary>
    public async Task<Refusal?> RefuseWaking(CancellationToken cancellationToken)
    {
        await Renew(cancellationToken);
        return gate.RefuseWaking(record.Current.Spec, record.Current.Permit);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} goes by version {Version} of the policy {Policy}")]
    private static partial void LogRenewed(ILogger logger, string session, string policy, int version);
}
