using Sandbox.Grains.Policies;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>What the grain of a service hands on to. All of it is used in the turns of the grain only.</summary>
internal sealed class ServiceParts
{
    public ServiceParts(
        IPersistentState<ServiceState> state, PolicyGate gate, ServiceServices services, SessionActivation activation, ISessionTimers timers, IGrainFactory grains)
    {
        Record = new ServiceRecord(state);
        Session = new SessionParts(new NestedSession(Record, services.Time), gate, services.Sessions, activation, timers, grains);
        Ports = new PortsOfService(services.Routes, services.Sessions.Process);
        Logs = new ServiceLogs(Record, Session);
        Tokens = new ServiceTokenCalls(Record, services, Ports);
        Life = new ServiceLife(Record, Session, gate, services, Ports);
        Creator = new ServiceCreator(Record, Session, services, activation, Life);
    }

    public ServiceRecord Record { get; }

    public SessionParts Session { get; }

    public PortsOfService Ports { get; }

    public ServiceLogs Logs { get; }

    public ServiceTokenCalls Tokens { get; }

    public ServiceLife Life { get; }

    public ServiceCreator Creator { get; }
}
