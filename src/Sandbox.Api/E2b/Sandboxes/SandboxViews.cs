using Microsoft.Extensions.Options;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Ports;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>Sandboxes as E2B's clients see them.</summary>
internal sealed class SandboxViews(SandboxTokens tokens, IAuditLog audit, IOptions<PortProxyOptions> ports)
{
    // By it clients know what this door can; see the contract's table of versions.
    private const string EnvdVersion = "0.6.13";
    private const string ClientId = "sandbox";
    private const long Mebibyte = 1024 * 1024;

    /// <summary>A sandbox with its tokens.</summary>
    public async ValueTask<SandboxHandleView> Handle(HttpContext context, string tenant, SessionView session)
    {
        var id = ParseId(session.Id);
        await Record(context, session);
        return new SandboxHandleView
        {
            TemplateId = TemplateOf(session),
            SandboxId = SandboxName.Of(session.Id),
            ClientId = ClientId,
            EnvdVersion = EnvdVersion,
            EnvdAccessToken = await tokens.Issue(tenant, id, SandboxToken.Access, context.RequestAborted),
            TrafficAccessToken = await tokens.Issue(tenant, id, SandboxToken.Traffic, context.RequestAborted),
            Domain = DomainOf(context),
        };
    }

    /// <summary>
    /// Why a caller gets no tokens of a sandbox; null where it does. A token acts under the sandbox's policy: whose credential is for
    /// another one is not let in by it.
    /// </summary>
    public static Refusal? RefuseTokens(Caller caller, SessionView session) => caller.Policy is { } bound && bound != session.Decision.Policy
        ? new Refusal(RefusalCodes.PolicyDenied, $"The credential is for the policy '{bound}'.", "policy", Rule: "policy")
        : null;

    /// <summary>All of a sandbox.</summary>
    public async ValueTask<SandboxDetail> Detail(HttpContext context, string tenant, SessionView session)
    {
        var isLetIn = RefuseTokens(context.Caller, session) is null;
        if (isLetIn)
            await Record(context, session);
        return Listed(session) with
        {
            EnvdAccessToken = isLetIn ? await tokens.Issue(tenant, ParseId(session.Id), SandboxToken.Access, context.RequestAborted) : null,
            Domain = DomainOf(context),
            Lifecycle = new SandboxLifecycle(
                SandboxLabels.PausesAtEnd(session.Metadata) ? "pause" : "kill", SandboxLabels.ResumesByItself(session.Metadata)),
        };
    }

    /// <summary>A sandbox in a list.</summary>
    public static SandboxDetail Listed(SessionView session) => new()
    {
        TemplateId = TemplateOf(session),
        SandboxId = SandboxName.Of(session.Id),
        ClientId = ClientId,
        StartedAt = session.CreatedAt.UtcDateTime,
        EndAt = session.ExpiresAt.UtcDateTime,
        State = session.Status == SessionStatus.Paused ? "paused" : "running",
        CpuCount = (int)Math.Ceiling(session.Limits.Cpu),
        MemoryMb = session.Limits.MemoryBytes / Mebibyte,
        DiskSizeMb = session.Limits.DiskBytes / Mebibyte,
        EnvdVersion = EnvdVersion,
        Metadata = SandboxLabels.OfClient(session.Metadata),
        VolumeMounts = [],
    };

    public static string TemplateOf(SessionView session) =>
        session.Metadata.GetValueOrDefault(SandboxLabels.Template) ?? SandboxTemplates.NameOf(session.Template);

    // What is done with tokens counts as the session's agent's: that another one was given them has to be on the record.
    private async ValueTask Record(HttpContext context, SessionView session)
    {
        if (context.Caller.AgentId != session.AgentId)
            await audit.Append(AuditEvent.By(context.Caller, AuditActions.SessionToken, new AuditResource(AuditResourceTypes.Session, session.Id)), context.RequestAborted);
    }

    private string? DomainOf(HttpContext context) => ports.Value.Domain is not { } domain
        ? null
        : context.Request.Host.Port is { } port ? $"{domain}:{port}" : domain;

    private static SessionId ParseId(string text) =>
        SessionId.TryParse(text, out var id) ? id : throw new InvalidOperationException("A session has no session's id.");
}
