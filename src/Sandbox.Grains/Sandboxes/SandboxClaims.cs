using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Templates;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains.Sandboxes;

/// <summary>Who claims which sandbox of this node: jobs, sessions and services by their durable state, and what this process holds.</summary>
internal sealed class SandboxClaims(
    IJobQueries jobs,
    ISessionQueries sessions,
    IServiceQueries services,
    SandboxPool pool,
    JobRunner runner,
    SessionSandboxes sessionSandboxes,
    TemplateWorkshop workshop,
    IOptions<NodeOptions> options)
{
    /// <summary>Every sandbox that somebody claims now.</summary>
    public async Task<HashSet<SandboxId>> All(CancellationToken cancellationToken)
    {
        var claims = new HashSet<SandboxId>([.. pool.Held, .. runner.Held, .. sessionSandboxes.Held, .. workshop.Held]);
        await foreach (var job in jobs.ListOpen(options.Value.Name, cancellationToken))
            Add(claims, job.SandboxId);
        await foreach (var session in sessions.ListOpen(options.Value.Name, cancellationToken))
            Add(claims, session.SandboxId);
        await foreach (var service in services.ListOpen(options.Value.Name, cancellationToken))
            Add(claims, service.SandboxId);
        return claims;
    }

    private static void Add(HashSet<SandboxId> claims, string? text)
    {
        if (SandboxId.TryParse(text, out var id))
            claims.Add(id);
    }
}
