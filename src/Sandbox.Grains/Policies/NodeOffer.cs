using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Policies;

/// <summary>What can be had on this node, whatever is permitted.</summary>
internal sealed class NodeOffer(IPlatform platform, TemplateRegistry templates, ISecretStore secrets)
{
    private const string Python = "python";

    /// <summary>Why a sandbox cannot be had here; null when it can.</summary>
    /// <param name="tenant">Who asks.</param>
    /// <param name="isolation">Isolation class.</param>
    /// <param name="template">Template, as callers say it; null for the default one.</param>
    /// <param name="language">Language of the code; null for a command.</param>
    public Refusal? Refuse(string tenant, string isolation, string? template, string? language)
    {
        if (!platform.AvailableIsolation.Contains(isolation))
            return new Refusal(RefusalCodes.IsolationUnavailable, $"Isolation class '{isolation}' is not available on this host.", "isolation");
        if (template is not null && TemplateOf(tenant, template) is null)
            return new Refusal(RefusalCodes.TemplateUnknown, "There is no template of this name that is ready.", "template");
        return language is null ? null : RefuseLanguage(tenant, language, template);
    }

    /// <summary>Whether a language can be had in a template; null when it can.</summary>
    public Refusal? RefuseLanguage(string tenant, string language, string? template)
    {
        if (!platform.Languages.Contains(language))
            return new Refusal(RefusalCodes.InvalidRequest, $"There is no language '{language}'.", "language");
        return template is null || TemplateOf(tenant, template) is not { } found || found.Offers(language)
            ? null
            : new Refusal(RefusalCodes.LanguageUnavailable, $"The template has no interpreter for {language}.", "language");
    }

    /// <summary>Why secrets cannot be had: the tenant has none of such a name, or they are too large together; null when they can.</summary>
    public async ValueTask<Refusal?> RefuseSecrets(string tenant, IReadOnlyList<string>? names, CancellationToken cancellationToken)
    {
        var unknown = new List<FieldError>();
        foreach (var (index, name) in (names ?? []).Index())
        {
            if (await secrets.Find(tenant, name, cancellationToken) is null)
                unknown.Add(new FieldError($"secrets[{index}]", "The tenant has no secret of this name."));
        }

        if (unknown is [var first, .. var others])
            return new Refusal(RefusalCodes.SecretUnknown, first.Detail, first.Field) { More = others };
        if (names is not { Count: > 0 })
            return null;
        var present = (await secrets.Open(tenant, names, cancellationToken)).DistinctBy(static secret => secret.Info.Name);
        return present.Sum(static secret => secret.Value.Length) > ISecretStore.MostOfSandbox
            ? new Refusal(RefusalCodes.InvalidRequest, $"The values of these secrets have more than {ISecretStore.MostOfSandbox} bytes together.", "secrets")
            : null;
    }

    /// <summary>The language that a template suggests to who names none: Python where it can be had, and otherwise the only one there is.</summary>
    public Reply<string> SuggestLanguage(string tenant, string? template)
    {
        if (TemplateOf(tenant, template) is not { Interpreters: { } own } || own.ContainsKey(Python))
            return Python;
        return own.Count == 1
            ? own.Keys.Single()
            : new Refusal(RefusalCodes.LanguageUnavailable, $"The template has no interpreter for {Python}; name one of: {string.Join(", ", own.Keys.Order(StringComparer.Ordinal))}.", "language");
    }

    /// <summary>
    /// The template that a tenant means by a name: its own, or one that belongs to all. Null when there is none that is ready, or
    /// none is named.
    /// </summary>
    public SandboxTemplate? TemplateOf(string tenant, string? name) => name is null
        ? null
        : TemplateName.Candidates(tenant, name).Select(templates.Find).FirstOrDefault(found => found is not null);
}
