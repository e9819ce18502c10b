using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Policies;

/// <summary>
/// First line of everything that makes a sandbox, inside the grain, so that no door goes round it: what the platform can
/// do and permits.
/// </summary>
internal sealed class PolicyGate(IPlatform platform, TemplateRegistry templates, IOptions<NodeOptions> node)
{
    private const string Policy = "default";
    private const string Python = "python";

    /// <summary>The platform's own policy has no stored version.</summary>
    private const int PlatformVersion = 0;

    public string Node => node.Value.Name;

    /// <summary>The decision that is stored with what it permits, and the refusal where there is one.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="isolation">Isolation class.</param>
    /// <param name="template">Root file system; null for the default one.</param>
    /// <param name="language">Language; null for a command.</param>
    public (PolicyDecision Decision, Refusal? Refusal) Decide(Caller caller, string isolation, string? template, string? language)
    {
        if (RefuseRole(caller) is { } refused)
            return (new PolicyDecision(Policy, PlatformVersion, false, "role", refused.Detail), refused);
        if (!platform.AvailableIsolation.Contains(isolation))
            return Unavailable(RefusalCodes.IsolationUnavailable, $"Isolation class '{isolation}' is not available on this host.", "isolation");
        if (template is not null && TemplateOf(caller.TenantId, template) is null)
            return Unavailable(RefusalCodes.TemplateUnknown, "There is no template of this name that is ready.", "template");
        if (language is not null && RefuseLanguage(caller.TenantId, language, template) is { } unknown)
            return Unavailable(unknown.Code, unknown.Detail, "language");
        return (new PolicyDecision(Policy, PlatformVersion, true), null);
    }

    /// <summary>Whether the caller's role may run anything; null when it may.</summary>
    public static Refusal? RefuseRole(Caller caller) =>
        caller.Role == Roles.Auditor ? new Refusal(RefusalCodes.PolicyDenied, "An auditor reads and does not run.") : null;

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

    private static (PolicyDecision Decision, Refusal? Refusal) Unavailable(string code, string detail, string field) =>
        (new PolicyDecision(Policy, PlatformVersion, false, field, detail), new Refusal(code, detail, field));
}
