using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Takes steps and background commands into a session. Used in the turns of the session's grain only.</summary>
internal sealed class StepAdmission(SessionServices services, SessionAccess access, SessionLife life, SessionSuspension suspension)
{
    private readonly SemaphoreSlim _keyed = new(1);

    /// <summary>Adds a step, or finds the one that an earlier request with the key made. A session that is about to be paused to disk takes nothing: it has to be woken first.</summary>
    public async Task<AdmittedStep> Admit(StepRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await suspension.Awake(cancellationToken) is { } lost)
                return lost;
            var admitted = request.Key is null ? Add(request) : await FindOrAdd(request, request.Key, cancellationToken);
            if (admitted is { } settled)
                return settled;
        }
    }

    // One at a time: of requests with one key that come together, the first adds the step and the others find it.
    private async Task<AdmittedStep?> FindOrAdd(StepRequest request, string key, CancellationToken cancellationToken)
    {
        await _keyed.WaitAsync(cancellationToken);
        try
        {
            if (access.RefuseUse(request.Caller) is { } ended)
                return ended;
            if (life.Live is not { } live)
                return null;
            if (await live.FindStep(key, cancellationToken) is not { } known)
                return Add(request);
            return known.Record.Fingerprint == request.Fingerprint ? new AdmittedStep(known, Replayed: true) : SessionRefusals.KeyReused;
        }
        finally
        {
            _keyed.Release();
        }
    }

    // Nothing is awaited in here: what is checked still holds when the step is added.
    private AdmittedStep? Add(StepRequest request)
    {
        if (access.RefuseUse(request.Caller) is { } ended)
            return ended;
        if (life.Live is not { Suspending: null } live)
            return null;
        var (caller, spec, command, key, fingerprint) = request;
        if (command?.Terminal is { } terminal && live.Steps.FindTerminal(terminal.Name) is { } there)
            return new AdmittedStep(new StepHandle(services, there.Record, there), Replayed: true);
        if ((command is null ? live.Steps.Refuse(spec.Context) : live.Steps.RefuseCommand()) is { } refusal)
            return refusal;
        return new AdmittedStep(live.Add(spec, command, caller, key, fingerprint), Replayed: false);
    }
}

/// <summary>A step, or a background command, that is asked for.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Spec">What it runs.</param>
/// <param name="Command">What is kept of a background command; null for a step.</param>
/// <param name="Key">Idempotency key; null where there is none.</param>
/// <param name="Fingerprint">Hash of the request, by which a repeated one is told from another one with the same key.</param>
internal sealed record StepRequest(Caller Caller, StepSpec Spec, BackgroundCommand? Command, string? Key, string? Fingerprint);

/// <summary>What became of a step that was asked for: the step, or the refusal.</summary>
internal readonly record struct AdmittedStep(StepHandle? Step, bool Replayed, Refusal? Refusal = null)
{
    public static implicit operator AdmittedStep(Refusal refusal) => new(null, Replayed: false, refusal);
}
