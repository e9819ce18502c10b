using Microsoft.Extensions.Options;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Jobs;
using Sandbox.Api.Policies;
using Sandbox.Api.Ports;
using Sandbox.Api.Services;
using Sandbox.Api.Sessions;
using Sandbox.Api.Snapshots;
using Sandbox.Api.Workflows;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Lists;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Dashboard.Grains;

/// <summary>What is told of a grain, awake or not.</summary>
/// <param name="TenantId">Whose it is.</param>
/// <param name="Text">What the REST interface's lists show of it, as JSON.</param>
public sealed record GrainView(string TenantId, string Text);

/// <summary>
/// The state of a grain as lists of the REST interface show it: from the tables that are written with it, so that none is woken,
/// and with neither code nor environment, input, output or values of secrets, which these never hold.
/// </summary>
internal sealed class GrainViews(IResourceIndex index, IPolicyStore policies, IOptions<ApiOptions> api, IOptions<PortProxyOptions> ports)
{
    public async Task<GrainView?> Find(string type, string key, HttpContext context)
    {
        if (type == "policy")
            return await OfPolicy(key, context.RequestAborted);
        return await index.Find(type, key, context.RequestAborted) is { } found && TextOf(found.View, context.Request) is { } text ? new GrainView(found.TenantId, text) : null;
    }

    private string? TextOf(object view, HttpRequest request) => view switch
    {
        // The value of a job's code is output, too.
        JobView job => PrettyJson.Of(Job.From(job with { Stdout = null, Stderr = null, Result = null })),
        SessionView session => PrettyJson.Of(Session.From(session)),
        ServiceView service => PrettyJson.Of(Service.From(service, new ServiceAddress(request, api.Value, ports.Value))),
        SnapshotView snapshot => PrettyJson.Of(Snapshot.From(snapshot)),
        WorkflowView workflow => PrettyJson.Of(Workflow.Summary(workflow)),
        _ => null,
    };

    private async Task<GrainView?> OfPolicy(string key, CancellationToken cancellationToken) =>
        PolicyName.TryParse(key, out var name) && await policies.Last(name.Tenant, name.Name, cancellationToken) is { } last
            ? new GrainView(name.Tenant, PrettyJson.Of(Policy.Of(last)))
            : null;
}
