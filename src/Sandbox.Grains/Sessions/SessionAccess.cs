using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Sessions;

/// <summary>Whom a session answers, and for how long.</summary>
internal sealed class SessionAccess(SessionRecord record, SessionActivation activation)
{
    /// <summary>For what can still be asked of a session that has ended.</summary>
    public Refusal? RefuseReading(Caller caller)
    {
        if (record.Current.Exists && record.Current.TenantId == caller.TenantId)
            return null;
        if (!record.Current.Exists)
            activation.End();
        return new Refusal(RefusalCodes.NotFound, "There is no such session.");
    }

    /// <summary>For what needs a session that has not ended.</summary>
    public Refusal? RefuseUse(Caller caller) =>
        RefuseReading(caller) ?? (record.Current.Ended ? SessionRefusals.Ended(record.Current) : null);

    /// <summary>For what changes something.</summary>
    public Refusal? RefuseActing(Caller caller) => RefuseUse(caller) ?? PolicyGate.RefuseRole(caller) ?? PermitSource.RefuseOther(caller, record.Current.Decision.Policy);
}
