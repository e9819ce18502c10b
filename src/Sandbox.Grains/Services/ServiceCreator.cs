using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>
/// Makes the service of a grain, once. It is the session's creation, with files in the sandbox before the first write, and the service
/// in the same write. Used in the turns of the service's grain only.
/// </summary>
internal sealed class ServiceCreator(ServiceRecord record, SessionParts session, ServiceServices services, SessionActivation activation, ServiceLife life)
{
    public async Task<Reply<ServiceCreation>> Create(Caller caller, ServiceId id, ServiceSpec spec, string fingerprint, CancellationToken cancellationToken)
    {
        if (record.Current.Exists)
            return Replay(caller, fingerprint);
        if (await services.Files.Refuse(caller.TenantId, spec, cancellationToken) is { } missing)
            return await Refused(caller, id, missing);
        var (token, text) = ServiceTokenCalls.First(caller, services.Time.GetUtcNow());
        record.Draft = new ServiceState { Id = id.ToString(), Spec = spec with { Code = null, Files = [] }, Tokens = [token] };
        var order = new SessionOrder(caller, id.Session, spec.Sandbox with { Service = new ServiceClaim(spec.Port, spec.Command is not null) }, fingerprint)
        {
            CountedAs = id.ToString(),
            Resource = ServiceAudit.Resource(id.ToString()),
            DeniedAction = AuditActions.ServiceDenied,
            Prepare = (link, cancellation) => Prepare(caller.TenantId, spec, link, cancellation),
        };
        var reply = await session.Creator.Create(order, cancellationToken);
        if (reply.Refusal is { } refusal)
            return refusal;
        life.Begin();
        return new ServiceCreation(record.Current.View(), text, Replayed: false);
    }

    private async Task<Refusal?> Prepare(string tenantId, ServiceSpec spec, SandboxLink link, CancellationToken cancellationToken)
    {
        var sandbox = await link.Get(cancellationToken);
        record.Draft = record.Draft! with { Program = services.Files.ProgramOf(spec, sandbox.Spec.Template) };
        return await services.Files.Place(tenantId, spec, link, cancellationToken);
    }

    private Reply<ServiceCreation> Replay(Caller caller, string fingerprint)
    {
        var state = record.Current;
        if (state.Session.TenantId != caller.TenantId)
            return ServiceRefusals.NotFound;
        return state.Session.Fingerprint == fingerprint ? new ServiceCreation(state.View(), null, Replayed: true) : ServiceRefusals.KeyReused;
    }

    private async Task<Refusal> Refused(Caller caller, ServiceId id, Refusal refusal)
    {
        activation.End();
        await services.Audit.Append(ServiceAudit.Denied(caller, id.ToString(), AuditActions.ServiceDenied, refusal));
        return refusal;
    }
}
