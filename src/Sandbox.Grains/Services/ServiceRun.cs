using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>
/// Runs a service's program, attempt after attempt, and looks whether it answers. Each attempt is a background command of the session
/// under a key of its own, so that one which an earlier process began is attached to and not begun twice. Used in the turns of the
/// service's grain only.
/// </summary>
internal sealed partial class ServiceRun(
    ServiceRecord record, SessionParts session, ServiceFinish finish, PortsOfService ports, TimeProvider time, ILogger logger)
{
    private const int MostMisses = 3;
    private const int Kill = 9;

    // What cannot be written is tried again.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(10);

    private ServiceState State => record.Current;

    private Caller Maker => new(State.Session.TenantId, State.Session.AgentId, State.Session.Role);

    /// <summary>Runs until the service is over or this process lets go of it. Never throws.</summary>
    public async Task Run(CancellationToken stopping)
    {
        while (!State.Ended && !stopping.IsCancellationRequested)
        {
            try
            {
                await OneAttempt(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, State.Id, e);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }

    private async Task OneAttempt(CancellationToken stopping)
    {
        if (State.RestartAt is { } restart && restart - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, stopping);
        if (State.Attempts == 0 || State.RestartAt is not null)
            await record.ChangeLiving(state => state.Begin(time.GetUtcNow()));
        if (State.Ended)
            return;
        var attempt = State.Attempts;
        var end = await Start(attempt, stopping) is { } failed ? failed : await Watch(attempt, stopping);
        if (State.Ended || end is null)
            return;
        if (end.Cause == ServiceCauses.Policy)
            await finish(ServiceCauses.Policy, null);
        else if (ServiceClock.MayRetry(State, time.GetUtcNow()))
            await record.ChangeLiving(state => state.Retry(end, time.GetUtcNow()));
        else
            await finish(end.Cause, end);
    }

    // How the attempt was over before it had begun; null where it runs, or has run.
    private async Task<ServiceAttemptEnd?> Start(int attempt, CancellationToken stopping)
    {
        var env = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!State.Session.Spec.Env.ContainsKey("PORT"))
            env["PORT"] = $"{State.Spec.Port}";
        var command = new CommandSpec(State.Program, env, null, null, KeepStdinOpen: false, TimeoutSeconds: null, Terminal: null, EndsAll: true);
        var reply = await session.Commands.Start(Maker, command, $"attempt {attempt}", string.Empty, stopping);
        return reply.Refusal switch
        {
            null => null,
            { Code: RefusalCodes.PolicyDenied } => new ServiceAttemptEnd(ServiceCauses.Policy),
            _ => new ServiceAttemptEnd(ServiceCauses.StartFailed),
        };
    }

    // How the attempt was over; null where the session was.
    private async Task<ServiceAttemptEnd?> Watch(int attempt, CancellationToken stopping)
    {
        var ended = Ended(attempt, stopping);
        var misses = 0;
        for (var looks = 0; !ended.IsCompleted; looks++)
        {
            var answers = await ports.Answers(State, stopping);
            if (ended.IsCompleted || State.Ended)
                break;
            misses = answers ? 0 : misses + 1;
            if (answers && State.ReadyAt is null)
                await record.ChangeLiving(state => state.Ready(time.GetUtcNow()));
            if (!answers && (State.ReadyAt is null ? ServiceClock.IsLate(State, time.GetUtcNow()) : misses >= MostMisses))
                return await GiveUp(attempt, ended, stopping);
            await Task.WhenAny(ended, Task.Delay(ServiceClock.NextLook(State, looks), time, stopping));
        }

        return await ended;
    }

    private async Task<ServiceAttemptEnd?> GiveUp(int attempt, Task<ServiceAttemptEnd?> ended, CancellationToken stopping)
    {
        if (session.Life.Live?.Steps.Find(attempt) is { } run)
            await run.Signal(Kill, stopping);
        var end = await ended;
        return end is null ? null : end with { Cause = ServiceCauses.Unhealthy };
    }

    private async Task<ServiceAttemptEnd?> Ended(int attempt, CancellationToken stopping)
    {
        while (!State.Ended)
        {
            var reply = await session.Commands.Get(Maker, attempt, LongWait, stopping);
            if (reply.Value is not { } command)
                return new ServiceAttemptEnd(ServiceCauses.StartFailed);
            if (command.Ended)
                return State.Ended ? null : EndOf(command);
        }

        return null;
    }

    private static ServiceAttemptEnd EndOf(CommandView command) => command.Cause switch
    {
        JobCauses.OutOfMemory => new ServiceAttemptEnd(ServiceCauses.OutOfMemory, command.ExitCode, command.Signal),
        JobCauses.StartFailed or JobCauses.PackagesFailed => new ServiceAttemptEnd(ServiceCauses.StartFailed),
        _ => new ServiceAttemptEnd(ServiceCauses.Exited, command.ExitCode, command.Signal),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Service {Service} could not be looked after; it is tried again")]
    private static partial void LogFailed(ILogger logger, string service, Exception exception);
}

/// <summary>Ends a service for a cause of its own, with the end of its last attempt where that is why.</summary>
internal delegate Task ServiceFinish(string cause, ServiceAttemptEnd? last);
