using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>The life of a service in this process, from its creation or its being taken up to its end. Used in the turns of the service's grain only.</summary>
internal sealed class ServiceLife(ServiceRecord record, SessionParts session, PolicyGate gate, ServiceServices services, PortsOfService ports)
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>A service that has just been made, or was taken up: its program is started, or attached to.</summary>
    public void Begin() => _ = new ServiceRun(record, session, Finish, ports, services.Time, services.Logger).Run(_stop.Token);

    /// <summary>Goes on with a service that an earlier process had.</summary>
    public async Task TakeUp(CancellationToken cancellationToken)
    {
        if (!record.Current.Exists || record.Current.Ended)
            return;
        await session.Life.TakeUp(cancellationToken);
        await FollowPolicy(cancellationToken);
        if (!record.Current.Ended)
            Begin();
    }

    /// <summary>Ends the service with its session, in one write.</summary>
    public async Task Finish(string cause, ServiceAttemptEnd? last)
    {
        if (record.Current.Ended)
            return;
        record.Ending = (cause, last);
        await session.Life.Finish(SessionEndCauses.Requested);
    }

    /// <summary>Its policy may have changed: the session follows, and a service that is not allowed any more is over.</summary>
    public async Task FollowPolicy(CancellationToken cancellationToken)
    {
        await session.Policy.Renew(cancellationToken);
        if (record.Current is { Exists: true, Ended: false } state && gate.RefuseService(state.Session.Permit, state.Session.Spec) is not null)
            await Finish(ServiceCauses.Policy, null);
    }

    /// <summary>Lets go of the service, which goes on without this process.</summary>
    public async Task Abandon()
    {
        await _stop.CancelAsync();
        await session.Life.Abandon();
    }

    /// <summary>The session is over, whatever ended it: nothing more is to be started.</summary>
    public void StopWhenOver()
    {
        if (record.Current.Ended)
            _stop.Cancel();
    }
}
