using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Templates;

/// <summary>Every template there is, and the rules of their names, owners and changes. Pure: what becomes durable is the grain's.</summary>
internal sealed class TemplateCatalogue(IEnumerable<TemplateRecord> templates, int maxPerTenant)
{
    private static readonly TemplateRecord Default = new(
        TemplateName.Default, "default", "The host's own programs.", TemplateSources.Host, null, new Dictionary<string, string>(), [],
        new Dictionary<string, IReadOnlyList<string>>(), null, null, 0, 0, TemplateStatus.Ready, null, "operator", DateTimeOffset.UnixEpoch);

    private readonly Dictionary<TemplateName, TemplateRecord> _templates = templates.ToDictionary(template => template.Name);

    public IReadOnlyCollection<TemplateRecord> All => _templates.Values;

    /// <summary>Digests that templates name.</summary>
    public IReadOnlySet<string> Digests => _templates.Values.SelectMany(template => template.Contents()).ToHashSet(StringComparer.Ordinal);

    /// <summary>The template that a caller means: the tenant's own, or one that belongs to all.</summary>
    public TemplateRecord? Find(Caller caller, string name)
    {
        if (name == Default.Name.Name)
            return Default;
        return _templates.GetValueOrDefault(new TemplateName(caller.TenantId, name)) ?? _templates.GetValueOrDefault(new TemplateName(null, name));
    }

    /// <summary>The template as it is known; null where it is gone, or another has its name by now.</summary>
    public TemplateRecord? Known(TemplateRecord template) =>
        _templates.GetValueOrDefault(template.Name) is { } known && known.ImportId == template.ImportId ? known : null;

    public void Put(TemplateRecord template) => _templates[template.Name] = template;

    public void Remove(TemplateName name) => _templates.Remove(name);

    /// <summary>The template that a request would make, or why it may not.</summary>
    public Reply<TemplateRecord> Enter(Caller caller, TemplateSpec spec, DateTimeOffset now)
    {
        var name = new TemplateName(caller.Role == Roles.Operator ? null : caller.TenantId, spec.Name);
        if ((RefuseRole(caller) ?? RefuseFolder(caller, spec) ?? RefuseName(name)) is { } refusal)
            return refusal;
        var template = new TemplateRecord(
            name, Guid.NewGuid().ToString("N"), spec.Description, SourceOf(spec), spec.From ?? spec.Folder, spec.Env, spec.StartCommand, spec.Preloads,
            null, null, 0, 0, TemplateStatus.Importing, null, caller.AgentId, now, Packages: spec.Packages);
        if (spec.From is not { } from)
            return template;
        if (Find(caller, from) is not { Status: TemplateStatus.Ready } basis)
            return new Refusal(RefusalCodes.TemplateUnknown, "There is no template of this name that is ready.", "from");
        return Upon(basis, template);
    }

    /// <summary>Why a template may not be removed by a caller; null when it may.</summary>
    public static Refusal? RefuseRemoval(Caller caller, TemplateRecord template)
    {
        if (RefuseRole(caller) is { } refusal)
            return refusal;
        if (template.Name == Default.Name)
            return new Refusal(RefusalCodes.PolicyDenied, "The template default belongs to the installation.", Rule: "template");
        if (template.Name.Tenant is null && caller.Role != Roles.Operator)
            return new Refusal(RefusalCodes.PolicyDenied, "A template of all tenants can be removed by an operator only.", Rule: "role");
        return template.Status == TemplateStatus.Importing
            ? new Refusal(RefusalCodes.TemplateInUse, "The template still comes in.", RetryAfter: TimeSpan.FromSeconds(5))
            : null;
    }

    /// <summary>Templates that a caller can use, newest first; the one that every installation has comes last.</summary>
    public TemplatePage Page(Caller caller, TemplateCursor? cursor, int limit)
    {
        var rest = _templates.Values
            .Where(template => template.Name.Tenant is null || template.Name.Tenant == caller.TenantId)
            .Append(Default)
            .OrderByDescending(template => template.CreatedAt)
            .ThenByDescending(template => template.Name.Name, StringComparer.Ordinal)
            .Where(template => cursor is null || IsAfter(template, cursor))
            .Take(limit + 1)
            .ToList();
        var page = rest.Take(limit).ToList();
        return new TemplatePage(page, rest.Count > limit ? new TemplateCursor(page[^1].CreatedAt, page[^1].Name.Name) : null);
    }

    private static bool IsAfter(TemplateRecord template, TemplateCursor cursor) =>
        template.CreatedAt < cursor.CreatedAt
        || (template.CreatedAt == cursor.CreatedAt && string.CompareOrdinal(template.Name.Name, cursor.Name) < 0);

    // It has all that the other one has now, and does not need it any more.
    private static TemplateRecord Upon(TemplateRecord basis, TemplateRecord template) => template with
    {
        Env = basis.Env.Concat(template.Env).GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        StartCommand = template.StartCommand.Count > 0 ? template.StartCommand : basis.StartCommand,
        Preloads = basis.Preloads.Concat(template.Preloads)
            .GroupBy(entry => entry.Key)
            .ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.SelectMany(entry => entry.Value).Distinct(StringComparer.Ordinal)]),
        Interpreters = basis.Interpreters,
        Digest = basis.Digest,
        SizeBytes = basis.SizeBytes,
        Layer = basis.Layer,
    };

    private static string SourceOf(TemplateSpec spec) =>
        spec.From is not null ? TemplateSources.Template : spec.Folder is not null ? TemplateSources.Folder : TemplateSources.Archive;

    private static Refusal? RefuseRole(Caller caller) => caller.Role is Roles.Operator or Roles.Admin
        ? null
        : new Refusal(RefusalCodes.PolicyDenied, "Templates are made and removed by an admin or an operator.", Rule: "role");

    private static Refusal? RefuseFolder(Caller caller, TemplateSpec spec) => spec.Folder is null || caller.Role == Roles.Operator
        ? null
        : new Refusal(RefusalCodes.PolicyDenied, "A folder of the host can be imported by an operator only.", "folder", Rule: "role");

    // A name means one thing to whoever says it. What has failed may be tried again.
    private Refusal? RefuseName(TemplateName name)
    {
        var taken = name.Name == Default.Name.Name || _templates.Values.Any(template =>
            template.Name.Name == name.Name
            && (template.Name.Tenant == name.Tenant ? template.Status != TemplateStatus.Failed : template.Name.Tenant is null || name.Tenant is null));
        if (taken)
            return new Refusal(RefusalCodes.TemplateExists, "There is a template of this name already.", "name");
        return _templates.Values.Count(template => template.Name.Tenant == name.Tenant) >= maxPerTenant
            ? new Refusal(RefusalCodes.QuotaExceeded, $"There are {maxPerTenant} templates already.")
            : null;
    }
}
