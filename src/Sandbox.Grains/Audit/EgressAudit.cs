using System.Globalization;
using Sandbox.Egress;
using Sandbox.Egress.Records;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Grains.Audit;

/// <summary>Connections out of sandboxes, on the audit record: what was decided, before a byte is sent, and how each has ended.</summary>
internal sealed class EgressAudit(IAuditLog audit) : IEgressLog
{
    private const string TemplatePrefix = "template:";

    public Task Decided(EgressDecision decision)
    {
        var outcome = (decision.Reason, decision.IsRefusal) switch
        {
            (null, _) => AuditOutcomes.Allowed,
            (_, true) => AuditOutcomes.Denied,
            _ => AuditOutcomes.Failed,
        };
        var what = Event(decision, AuditActions.NetworkConnect, outcome) with { Cause = decision.Reason };
        return audit.Append(what.With(("address", decision.Address?.ToString())));
    }

    public Task Ended(EgressEnd end) => audit.Append(
        (Event(end.Opened, AuditActions.NetworkClosed, AuditOutcomes.Succeeded) with { Cause = end.Outcome }).With(
            ("bytesOut", end.BytesOut.ToString(CultureInfo.InvariantCulture)),
            ("bytesIn", end.BytesIn.ToString(CultureInfo.InvariantCulture)),
            ("seconds", end.Duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture))));

    private static AuditEvent Event(EgressDecision decision, string action, string outcome) => AuditEvent
        .OfItself(decision.Owner.TenantId, decision.Owner.AgentId, action, Resource(decision.Owner), outcome)
        .With(("connection", decision.Connection), ("host", decision.Host), ("port", decision.Port.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The owner of a sandbox in which a template is built. No other owner, and no name of a template, has a colon.</summary>
    public static string OwnerOf(TemplateName template) => TemplatePrefix + template.Name;

    /// <summary>The job, session or template that a sandbox works for.</summary>
    public static AuditResource Resource(EgressOwner owner) => owner.Resource.StartsWith(TemplatePrefix, StringComparison.Ordinal)
        ? new(AuditResourceTypes.Template, owner.Resource[TemplatePrefix.Length..])
        : new(JobId.TryParse(owner.Resource, out _) ? AuditResourceTypes.Job : AuditResourceTypes.Session, owner.Resource);
}
