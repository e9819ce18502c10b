using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Templates;

/// <summary>What is recorded of templates. What is done with one of all tenants is in the record of the default tenant.</summary>
internal static class TemplateAudit
{
    private const string Abandoned = "not_received";

    /// <summary>Somebody makes one.</summary>
    public static AuditEvent Begun(Caller caller, TemplateRecord template) =>
        AuditEvent.By(In(template.Name, caller), AuditActions.TemplateCreate, Resource(template.Name)).With(("source", template.Source), ("from", template.From));

    /// <summary>It is ready, or it is known that it never will be.</summary>
    public static AuditEvent Ended(TemplateRecord template) => template.Status == TemplateStatus.Ready
        ? OfItself(template, AuditOutcomes.Succeeded).With(("digest", template.Digest), ("sizeBytes", template.SizeBytes.ToString(CultureInfo.InvariantCulture)))
        : OfItself(template, AuditOutcomes.Failed) with { Cause = RefusalCodes.TemplateInvalid };

    /// <summary>It did not come in, and is forgotten.</summary>
    public static AuditEvent NotReceived(TemplateRecord template) => OfItself(template, AuditOutcomes.Failed) with { Cause = Abandoned };

    /// <summary>Somebody has removed it.</summary>
    public static AuditEvent Removed(Caller caller, TemplateRecord template) =>
        AuditEvent.By(In(template.Name, caller), AuditActions.TemplateDeleted, Resource(template.Name), AuditOutcomes.Succeeded);

    /// <summary>Something that was refused to a caller, in the record of its tenant.</summary>
    public static AuditEvent Denied(Caller caller, string name, Refusal refusal) =>
        AuditEvent.Refused(caller, AuditActions.TemplateDenied, new AuditResource(AuditResourceTypes.Template, name), refusal);

    private static AuditEvent OfItself(TemplateRecord template, string outcome) => AuditEvent.OfItself(
        template.Name.Tenant ?? WellKnownTenants.Default, template.AgentId, AuditActions.TemplateCreated, Resource(template.Name), outcome);

    private static Caller In(TemplateName name, Caller caller) => caller with { TenantId = name.Tenant ?? WellKnownTenants.Default };

    private static AuditResource Resource(TemplateName name) => new(AuditResourceTypes.Template, name.Name);
}
