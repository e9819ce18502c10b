using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Policies.Opa;
using Sandbox.Grains.Quotas;

namespace Sandbox.Grains.Policies;

/// <summary>
/// First line of everything that makes a sandbox or runs in one, inside the grain, so that no door goes round it: what can be had
/// here, and what platform and tenant permit.
/// </summary>
internal sealed class PolicyGate(
    PermitSource permits, PolicyRules rules, OpaRule opa, NodeOffer offer, TenantShares shares, ServiceCounts counts, IOptions<NodeOptions> node)
{
    public string Node => node.Value.Name;

    /// <summary>What this node has to offer.</summary>
    public NodeOffer Offer => offer;

    /// <summary>What is decided on a job.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The job; null for a dry run.</param>
    /// <param name="spec">What it shall be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Passage<JobSpec>> Decide(Caller caller, string? id, JobSpec spec, CancellationToken cancellationToken)
    {
        var reply = await Permit(caller, spec.Policy, cancellationToken);
        if (reply.Value is not { } permit)
            return new Passage<JobSpec>(spec, Nothing(spec.Policy)) { Refusal = reply.Refusal };
        spec = spec with { Policy = permit.Policy, Limits = LeftOutMembers.Complete(spec.Limits, spec.LeftOut, permit.Limits) };
        if (offer.Refuse(caller.TenantId, spec.Isolation, spec.Template, spec.Language) is { } unavailable)
            return new Passage<JobSpec>(spec, permit) { Refusal = unavailable };
        var template = offer.TemplateOf(caller.TenantId, spec.Template);
        if (template is not null)
            spec = spec with { Template = template.Key, Env = template.EnvironmentWith(spec.Env) };
        return await Check(caller, id, spec, permit, Request(spec), () => OpaInput.Of(caller, permit.Policy, spec), cancellationToken);
    }

    /// <summary>What is decided on a session.</summary>
    /// <inheritdoc cref="Decide(Caller, string?, JobSpec, CancellationToken)"/>
    public async Task<Passage<SessionSpec>> Decide(Caller caller, string? id, SessionSpec spec, CancellationToken cancellationToken)
    {
        var reply = await Permit(caller, spec.Policy, cancellationToken);
        if (reply.Value is not { } permit)
            return new Passage<SessionSpec>(spec, Nothing(spec.Policy)) { Refusal = reply.Refusal };
        spec = LeftOutMembers.Complete(spec, permit) with { Policy = permit.Policy };
        if (offer.Refuse(caller.TenantId, spec.Isolation, spec.Template, spec.Language) is { } unavailable)
            return new Passage<SessionSpec>(spec, permit) { Refusal = unavailable };
        var template = offer.TemplateOf(caller.TenantId, spec.Template);
        if (template is not null)
            spec = spec with { Template = template.Key, Env = template.EnvironmentWith(spec.Env) };
        return await Check(caller, id, spec, permit, Request(spec), () => OpaInput.Of(caller, permit.Policy, spec), cancellationToken);
    }

    /// <summary>
    /// Why a job that comes later would be refused as things stand; null where nothing is known to be against it. It is decided on
    /// when it comes: then it counts, and Open Policy Agent is asked.
    /// </summary>
    public async Task<Refusal?> Foresee(Caller caller, JobSpec spec, CancellationToken cancellationToken)
    {
        var reply = await Permit(caller, spec.Policy, cancellationToken);
        if (reply.Value is not { } permit)
            return reply.Refusal;
        var request = Request(spec with { Limits = LeftOutMembers.Complete(spec.Limits, spec.LeftOut, permit.Limits) });
        return await Foresee(caller, permit, request, spec.Isolation, spec.Template, spec.Language, cancellationToken);
    }

    /// <summary>Why a session that comes later would be refused as things stand.</summary>
    /// <inheritdoc cref="Foresee(Caller, JobSpec, CancellationToken)"/>
    public async Task<Refusal?> Foresee(Caller caller, SessionSpec spec, CancellationToken cancellationToken)
    {
        var reply = await Permit(caller, spec.Policy, cancellationToken);
        if (reply.Value is not { } permit)
            return reply.Refusal;
        return await Foresee(caller, permit, Request(LeftOutMembers.Complete(spec, permit)), spec.Isolation, spec.Template, spec.Language, cancellationToken);
    }

    /// <summary>What a job or session that was let in before may do now.</summary>
    public ValueTask<EffectivePermit> PermitOf(string tenant, PolicyDecision decision, CancellationToken cancellationToken) =>
        permits.ForRunning(new PolicyName(tenant, decision.Policy), cancellationToken);

    /// <summary>Why a session may not be changed so; null when it may.</summary>
    public async ValueTask<Refusal?> Refuse(Caller caller, PolicyDecision decision, SessionChange change, CancellationToken cancellationToken)
    {
        var request = new PolicyRequest
        {
            TtlSeconds = change.TtlSeconds,
            IdleSeconds = change.IdleSeconds is 0 ? double.PositiveInfinity : change.IdleSeconds,
        };
        return PermitSource.RefuseOther(caller, decision.Policy)
            ?? rules.Refuse(await PermitOf(caller.TenantId, decision, cancellationToken), request);
    }

    /// <summary>Why a job that was let in may not begin under what is permitted now; null when it may.</summary>
    public Refusal? RefuseStart(JobSpec spec, EffectivePermit permit) => rules.Refuse(permit, Request(spec));

    /// <summary>Why a session that sleeps may not wake under what is permitted now; null when it may.</summary>
    public Refusal? RefuseWaking(SessionSpec spec, EffectivePermit permit) =>
        rules.Refuse(permit, new PolicyRequest { Isolation = spec.Isolation, Template = spec.Template ?? PolicyRequest.DefaultTemplate });

    /// <summary>Why something more may not run in a session that lives already; null when it may.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="decision">What was decided on the session.</param>
    /// <param name="session">The session, whose template is a key.</param>
    /// <param name="language">Language of the code; null for a command.</param>
    /// <param name="timeoutSeconds">Seconds that it may run, where it says so itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Refusal?> RefuseWithin(
        Caller caller, PolicyDecision decision, SessionSpec session, string? language, double? timeoutSeconds, CancellationToken cancellationToken)
    {
        var request = new PolicyRequest
        {
            Isolation = session.Isolation,
            Template = session.Template ?? PolicyRequest.DefaultTemplate,
            Language = language,
            TimeoutSeconds = timeoutSeconds,
        };
        return PermitSource.RefuseOther(caller, decision.Policy)
            ?? rules.Refuse(await PermitOf(caller.TenantId, decision, cancellationToken), request);
    }

    /// <summary>Why a port of a session may not be reached; null when it may.</summary>
    public async ValueTask<Refusal?> RefusePort(Caller caller, PolicyDecision decision, int port, CancellationToken cancellationToken) =>
        PermitSource.RefuseOther(caller, decision.Policy)
        ?? rules.Refuse(await PermitOf(caller.TenantId, decision, cancellationToken), new PolicyRequest { Port = port });

    /// <summary>Why a service may not go on under a permit; null when it may.</summary>
    public Refusal? RefuseService(EffectivePermit permit, SessionSpec spec) => rules.Refuse(permit, new PolicyRequest
    {
        Isolation = spec.Isolation,
        Template = spec.Template ?? PolicyRequest.DefaultTemplate,
        Language = LanguageOf(spec),
        Port = spec.Service?.Port,
    });

    /// <summary>Whether the caller's role may run anything; null when it may.</summary>
    public static Refusal? RefuseRole(Caller caller) =>
        caller.Role == Roles.Auditor ? new Refusal(RefusalCodes.PolicyDenied, "An auditor reads and does not run.", Rule: "role") : null;

    private async ValueTask<Reply<EffectivePermit>> Permit(Caller caller, string? named, CancellationToken cancellationToken) =>
        RefuseRole(caller) is { } refusal ? refusal : await permits.ForNew(caller, named, cancellationToken);

    private async Task<Passage<TSpec>> Check<TSpec>(
        Caller caller, string? id, TSpec spec, EffectivePermit permit, PolicyRequest request, Func<byte[]> question, CancellationToken cancellationToken)
    {
        var counted = Count(caller.TenantId, id, permit, request.Port is not null);
        try
        {
            if (permit.Concurrency is not null)
                request = request with { Others = shares.OpenBeside(caller.TenantId, id) };
            if (request.Port is not null && permit.Services.MaxCount is not null)
                request = request with { OtherServices = counts.Beside(caller.TenantId, id) };
            var violations = rules.Check(permit, request);
            // What is forbidden already is nobody else's business.
            if (violations.Count == 0)
                violations = await opa.Check(permit, question, cancellationToken);
            var refusal = PolicyRules.Refusal(violations) ?? await offer.RefuseSecrets(caller.TenantId, request.Secrets, cancellationToken);
            var passage = new Passage<TSpec>(spec, permit, refusal is null ? counted : null) { Refusal = refusal, Violations = violations };
            counted = refusal is null ? null : counted;
            return passage;
        }
        finally
        {
            counted?.Dispose();
        }
    }

    private OpenCounts? Count(string tenant, string? id, EffectivePermit permit, bool isService)
    {
        if (id is null || (permit.Concurrency is null && !(isService && permit.Services.MaxCount is not null)))
            return null;
        return new OpenCounts(
            permit.Concurrency is null ? null : shares.Open(tenant, id),
            isService && permit.Services.MaxCount is not null ? counts.Open(tenant, id) : null);
    }

    private static string? LanguageOf(SessionSpec spec) => spec.Service is { IsCommand: true } ? null : spec.Language;

    private async Task<Refusal?> Foresee(
        Caller caller, EffectivePermit permit, PolicyRequest request, string isolation, string? template, string? language, CancellationToken cancellationToken)
    {
        if (offer.Refuse(caller.TenantId, isolation, template, language) is { } unavailable)
            return unavailable;
        if (offer.TemplateOf(caller.TenantId, template) is { } known)
            request = request with { Template = known.Key };
        return PolicyRules.Refusal(rules.Check(permit, request)) ?? await offer.RefuseSecrets(caller.TenantId, request.Secrets, cancellationToken);
    }

    // Refused before any permit was known.
    private static EffectivePermit Nothing(string? policy) => new() { Policy = policy ?? PolicyName.Default, Withdrawn = true };

    private static PolicyRequest Request(JobSpec spec) => new()
    {
        Isolation = spec.Isolation,
        Template = spec.Template ?? PolicyRequest.DefaultTemplate,
        Language = spec.Language,
        Limits = spec.Limits,
        Packages = spec.Packages,
        Secrets = spec.Secrets,
    };

    private static PolicyRequest Request(SessionSpec spec) => new()
    {
        Isolation = spec.Isolation,
        Template = spec.Template ?? PolicyRequest.DefaultTemplate,
        Language = LanguageOf(spec),
        Limits = spec.Limits,
        Port = spec.Service?.Port,
        ServiceSeconds = spec.Service is null ? null : spec.TtlSeconds,
        TtlSeconds = spec.TtlSeconds,
        IdleSeconds = spec.IdleSeconds,
        Packages = spec.Packages,
        Secrets = spec.Secrets,
    };

    private sealed record OpenCounts(IDisposable? Sandbox, IDisposable? Service) : IDisposable
    {
        public void Dispose()
        {
            Sandbox?.Dispose();
            Service?.Dispose();
        }
    }
}
