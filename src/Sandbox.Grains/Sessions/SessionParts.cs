using Sandbox.Grains.Policies;
using Sandbox.Grains.Sessions.Commands;
using Sandbox.Grains.Sessions.Steps;

namespace Sandbox.Grains.Sessions;

/// <summary>What the grain of a session hands on to. All of it is used in the turns of the grain only.</summary>
internal sealed class SessionParts
{
    public SessionParts(
        IPersistentState<SessionState> state, PolicyGate gate, SessionServices services, SessionActivation activation, ISessionTimers timers, IGrainFactory grains)
    {
        Record = new SessionRecord(state);
        Access = new SessionAccess(Record, activation);
        Life = new SessionLife(Record, services, activation, timers, grains);
        Policy = new SessionPolicy(Record, gate, services, Life);
        Suspension = new SessionSuspension(Record, services, Life, Policy);
        Alarm = new SessionAlarm(Record, services, Life, Suspension);
        Creator = new SessionCreator(Record, gate, services, activation, Access, Life);
        Meter = new SessionMeter(Record, services);
        var admission = new StepAdmission(services, Access, Life, Suspension);
        var finder = new StepFinder(Record, services, Access, Life);
        Steps = new StepCalls(Record, gate, services, Access, Life, admission, finder);
        Commands = new CommandCalls(Record, gate, services, Access, Life, Suspension, admission, finder);
    }

    public SessionRecord Record { get; }

    public SessionAccess Access { get; }

    public SessionLife Life { get; }

    public SessionSuspension Suspension { get; }

    public SessionAlarm Alarm { get; }

    public SessionPolicy Policy { get; }

    public SessionCreator Creator { get; }

    public SessionMeter Meter { get; }

    public StepCalls Steps { get; }

    public CommandCalls Commands { get; }
}
