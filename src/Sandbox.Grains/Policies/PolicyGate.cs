using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Policies;

/// <summary>
/// First line of everything that makes a sandbox, inside the grain, so that no door goes round it: what the platform can
/// do and permits.
/// </summary>
internal sealed class PolicyGate(IPlatform platform, TemplateRegistry templates, PolicyRules rules, IOptions<NodeOptions> node)
{
    private const string Policy = "default";
    private const string Python = "python";

    /// <summary>The platform's own policy has no stored version.</summary>
    private const int PlatformVersion = 0;

    public string Node => node.Value.Name;

    /// <summary>The decision on a job that is stored with it, and the refusal where there is one.</summary>
    public (PolicyDecision Decision, Refusal? Refusal) Decide(Caller caller, JobSpec spec) =>
        Decide(caller, spec.Template, new PolicyRequest { Isolation = spec.Isolation, Language = spec.Language, Limits = spec.Limits });

    /// <summary>The decision on a session that is stored with it, and the refusal where there is one.</summary>
    public (PolicyDecision Decision, Refusal? Refusal) Decide(Caller caller, SessionSpec spec) => Decide(caller, spec.Template, new PolicyRequest
    {
        Isolation = spec.Isolation, Language = spec.Language, Limits = spec.Limits, TtlSeconds = spec.TtlSeconds,
    });

    /// <summary>Why a session may not be changed so; null when it may.</summary>
    public Refusal? Refuse(SessionChange change) => rules.Refuse(new PolicyRequest { TtlSeconds = change.TtlSeconds });

    /// <summary>Why something more may not run in a session that lives already; null when it may.</summary>
    /// <param name="session">The session, whose template is a key.</param>
    /// <param name="language">Language of the code; null for a command.</param>
    /// <param name="timeoutSeconds">Seconds that it may run, where it says so itself.</param>
    public Refusal? RefuseWithin(SessionSpec session, string? language, double? timeoutSeconds) => rules.Refuse(new PolicyRequest
    {
        Isolation = session.Isolation,
        Template = session.Template ?? PolicyRequest.DefaultTemplate,
        Language = language,
        TimeoutSeconds = timeoutSeconds,
    });

    /// <summary>Whether the caller's role may run anything; null when it may.</summary>
    public static Refusal? RefuseRole(Caller caller) =>
        caller.Role == Roles.Auditor ? new Refusal(RefusalCodes.PolicyDenied, "An auditor reads and does not run.", Rule: "role") : null;

    /// <summary>Whether a language can be had in a template; null when it can.</summary>
    public Refusal? RefuseLanguage(string tenant, string language, string? template)
    {
        if (!platform.Languages.Contains(language))
            return new Refusal(RefusalCodes.InvalidRequest, $"There is no language '{language}'.", "language");
        return template is null || TemplateOf(tenant, template) is not { } found || found.Offers(language)
            ? null
            : new Refusal(RefusalCodes.LanguageUnavailable, $"The template has no interpreter for {language}.", "language");
    }

    /// <summary>The language that a template suggests to who names none: Python where it can be had, and otherwise the only one there is.</summary>
    public Reply<string> SuggestLanguage(string tenant, string? template)
    {
        if (template is null || TemplateOf(tenant, template) is not { Interpreters: { } own } || own.ContainsKey(Python))
            return Python;
        return own.Count == 1
            ? own.Keys.Single()
            : new Refusal(RefusalCodes.LanguageUnavailable, $"The template has no interpreter for {Python}; name one of: {string.Join(", ", own.Keys.Order(StringComparer.Ordinal))}.", "language");
    }

    /// <summary>The template that a tenant means by a name: its own, or one that belongs to all. Null when there is none that is ready.</summary>
    public SandboxTemplate? TemplateOf(string tenant, string name) =>
        TemplateName.Candidates(tenant, name).Select(templates.Find).FirstOrDefault(found => found is not null);

    private (PolicyDecision Decision, Refusal? Refusal) Decide(Caller caller, string? template, PolicyRequest request)
    {
        var (isolation, language) = (request.Isolation!, request.Language);
        if (RefuseRole(caller) is { } refused)
            return (new PolicyDecision(Policy, PlatformVersion, false, "role", refused.Detail), refused);
        if (!platform.AvailableIsolation.Contains(isolation))
            return Unavailable(RefusalCodes.IsolationUnavailable, $"Isolation class '{isolation}' is not available on this host.", "isolation");
        if (template is not null && TemplateOf(caller.TenantId, template) is null)
            return Unavailable(RefusalCodes.TemplateUnknown, "There is no template of this name that is ready.", "template");
        if (language is not null && RefuseLanguage(caller.TenantId, language, template) is { } unknown)
            return Unavailable(unknown.Code, unknown.Detail, "language");
        var key = template is null ? PolicyRequest.DefaultTemplate : TemplateOf(caller.TenantId, template)?.Key;
        if (rules.Refuse(request with { Template = key }) is { } forbidden)
            return (new PolicyDecision(Policy, PlatformVersion, false, forbidden.Rule, forbidden.Detail), forbidden);
        return (new PolicyDecision(Policy, PlatformVersion, true), null);
    }

    private static (PolicyDecision Decision, Refusal? Refusal) Unavailable(string code, string detail, string field) =>
        (new PolicyDecision(Policy, PlatformVersion, false, field, detail), new Refusal(code, detail, field));
}
