using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Grains.Services;

/// <summary>What a service answers that cannot be reached, or can no longer be changed.</summary>
internal static class ServiceRefusals
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    public static Refusal NotFound { get; } = new(RefusalCodes.NotFound, "There is no such service.");

    public static Refusal KeyReused { get; } = new(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");

    /// <summary>Why it is not reached; null where it should be.</summary>
    public static Refusal? Unreachable(ServiceState state, DateTimeOffset now) => state.Status switch
    {
        ServiceStatus.Stopped or ServiceStatus.Failed => Over(state),
        ServiceStatus.Starting => NotReady(state, now),
        _ => null,
    };

    /// <summary>It is over: how, why and when.</summary>
    public static Refusal Over(ServiceState state)
    {
        var when = state.EndedAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return state.Status == ServiceStatus.Stopped
            ? new Refusal(RefusalCodes.ServiceStopped, $"The service was stopped at {when}: {Reason(state.Cause)}.")
            : new Refusal(RefusalCodes.ServiceFailed, $"The service failed at {when}: {Reason(state.Cause)}{Exit(state.LastAttempt)}.");
    }

    /// <summary>It runs, and what it answered was no answer.</summary>
    public static Refusal BrokenAnswer { get; } = new(RefusalCodes.ServiceFailed, "The service closed the connection, or answered with what is no HTTP.");

    private static Refusal NotReady(ServiceState state, DateTimeOffset now)
    {
        if (state.RestartAt is not { } restart)
            return new Refusal(RefusalCodes.ServiceNotReady, "The service is starting and does not answer yet.", null, SoonAgain);
        var wait = restart - now;
        return new Refusal(
            RefusalCodes.ServiceNotReady,
            $"The service is started again: {Reason(state.LastAttempt?.Cause)}{Exit(state.LastAttempt)}.",
            null,
            wait > SoonAgain ? wait : SoonAgain);
    }

    private static string Reason(string? cause) => cause switch
    {
        ServiceCauses.Ttl => "its time to live was over",
        ServiceCauses.Requested => "a caller stopped it",
        ServiceCauses.Policy => "its policy allows it no longer",
        ServiceCauses.Exited => "its program ended",
        ServiceCauses.Unhealthy => "it did not answer at its port",
        ServiceCauses.StartFailed => "its program could not be started",
        ServiceCauses.OutOfMemory => "its sandbox ran out of memory",
        _ => "its sandbox is gone",
    };

    private static string Exit(ServiceAttemptEnd? end) => end switch
    {
        { Signal: { } signal } => $" by signal {signal}",
        { ExitCode: { } code } => $" with exit code {code}",
        _ => string.Empty,
    };
}
