using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Sandbox.Api.OpenApi;

/// <summary>What the groups of routes are about. A group without a word here fails, so that none goes without.</summary>
internal sealed class DocumentTags : IOpenApiDocumentTransformer
{
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["API keys"] = "Keys of a tenant: shown once, each for a role, an agent and perhaps a policy, revoked at once.",
        ["Artifacts"] = "Files that are kept: what jobs leave, and what callers upload. Links to them need no credential.",
        ["Audit"] = "The append-only record of a tenant, its chain of hashes, and its export.",
        ["Commands"] = "Programs that run in a session beside its steps, and its terminal.",
        ["Events"] = "What starts, changes its state and ends in a tenant, as a stream.",
        ["Files"] = "Files of a live session.",
        ["Jobs"] = "Code that is run once, in a fresh sandbox.",
        ["Operation"] = "Health, nodes, metrics and usage.",
        ["Policies"] = "Who may run what, with which limits, packages, secrets and network; each change is a version.",
        ["Secrets"] = "Values that are written and never read back; policies name which of them code gets.",
        ["Services"] = "Servers in sandboxes, reached through the proxy.",
        ["Sessions"] = "Live sandboxes with a time to live.",
        ["Snapshots"] = "Sessions that are stored, restored and forked.",
        ["Steps"] = "Code that is run in a session, whose variables and files stay.",
        ["Templates"] = "Root file systems that sandboxes begin with.",
        ["Tenants"] = "Tenants and their quotas.",
        ["Webhooks"] = "Events that are sent to an address, signed.",
        ["Workflows"] = "Steps of several agents as a graph, and the memory that they share.",
    };

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = Descriptions[tag.Name!];
        return Task.CompletedTask;
    }
}
