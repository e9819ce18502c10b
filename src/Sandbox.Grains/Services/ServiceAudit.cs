using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Audit;

namespace Sandbox.Grains.Services;

/// <summary>What is recorded of services. What changes one follows from its states, so that no way of changing it goes round the record.</summary>
internal static class ServiceAudit
{
    /// <summary>The events of a change from one state to the next.</summary>
    public static IReadOnlyList<AuditEvent> Between(ServiceState before, ServiceState next)
    {
        if (!before.Exists)
            return [Created(next)];
        var events = new List<AuditEvent>();
        if (next.Session.Epoch > before.Session.Epoch)
            events.Add(Done(next, AuditActions.ServiceTakenUp).With(("epoch", $"{next.Session.Epoch}")));
        if (next.Ended && !before.Ended)
        {
            events.Add(Ended(next));
            return events;
        }

        if (next.RestartAt is not null && before.RestartAt is null)
            events.Add(Restarting(next));
        if (next.Attempts > before.Attempts)
            events.Add(Done(next, AuditActions.ServiceStarted).With(("attempt", $"{next.Attempts}")));
        if (next.Status == ServiceStatus.Running && before.Status != ServiceStatus.Running)
            events.Add(Done(next, AuditActions.ServiceRunning).With(("attempt", $"{next.Attempts}")));
        return events;
    }

    /// <summary>What is acted upon.</summary>
    public static AuditResource Resource(string id) => new(AuditResourceTypes.Service, id);

    /// <summary>Somebody wants something done to a service.</summary>
    public static AuditEvent Asked(Caller caller, string service, string action) => AuditEvent.By(caller, action, Resource(service));

    /// <summary>Somebody has made or revoked a token.</summary>
    public static AuditEvent TokenChanged(Caller caller, string service, string action, string token) =>
        AuditEvent.By(caller, action, Resource(service), AuditOutcomes.Succeeded).With(("token", token));

    /// <summary>Something that was refused.</summary>
    public static AuditEvent Denied(Caller caller, string service, string action, Refusal refusal) =>
        AuditEvent.Refused(caller, action, Resource(service), refusal);

    /// <summary>The retention of a service is over.</summary>
    public static AuditEvent Expired(ServiceState service) =>
        OfItself(service, AuditActions.ServiceDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent Created(ServiceState service)
    {
        var session = service.Session;
        var caller = new Caller(session.TenantId, session.AgentId, session.Role);
        var created = AuditEvent.By(caller, AuditActions.ServiceCreated, Resource(service.Id), AuditOutcomes.Succeeded) with { Decision = session.Decision };
        return created
            .With(("port", Number(service.Spec.Port)), ("language", service.Spec.Language), ("isolation", session.Spec.Isolation),
                ("template", session.Spec.Template), ("sandboxId", session.SandboxId), ("node", session.Node))
            .With(AuditLimits.Of(session.Spec.Limits));
    }

    private static AuditEvent Restarting(ServiceState service)
    {
        var last = service.LastAttempt;
        return (OfItself(service, AuditActions.ServiceRestarting, AuditOutcomes.Failed) with { Cause = last?.Cause })
            .With(("attempt", $"{service.Attempts}"), ("exitCode", Number(last?.ExitCode)), ("signal", last?.Signal));
    }

    private static AuditEvent Ended(ServiceState service)
    {
        var ended = OfItself(service, AuditActions.ServiceEnded, service.Status == ServiceStatus.Failed ? AuditOutcomes.Failed : AuditOutcomes.Succeeded);
        return (ended with { Cause = service.Cause }).With(("status", service.Status.ToString().ToLowerInvariant()));
    }

    private static AuditEvent Done(ServiceState service, string action) => OfItself(service, action, AuditOutcomes.Succeeded);

    private static AuditEvent OfItself(ServiceState service, string action, string outcome) =>
        AuditEvent.OfItself(service.Session.TenantId, service.Session.AgentId, action, Resource(service.Id), outcome);

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
