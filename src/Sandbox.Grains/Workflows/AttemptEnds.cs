namespace Sandbox.Grains.Workflows;

/// <summary>What may end an attempt before it ends by itself.</summary>
internal sealed class AttemptEnds : IDisposable
{
    private readonly CancellationToken _stop;
    private readonly CancellationToken _deadline;
    private readonly CancellationTokenSource _any;

    /// <param name="stop">The workflow stops.</param>
    /// <param name="deadline">The attempt has had its time.</param>
    /// <param name="gone">This process lets go of it, and ends nothing.</param>
    public AttemptEnds(CancellationToken stop, CancellationToken deadline, CancellationToken gone)
    {
        (_stop, _deadline, Gone) = (stop, deadline, gone);
        _any = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline, gone);
    }

    /// <summary>This process lets go of it.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Anything of it.</summary>
    public CancellationToken Any => _any.Token;

    /// <summary>Whether what runs is to be ended.</summary>
    public bool IsDue => _stop.IsCancellationRequested || _deadline.IsCancellationRequested;

    /// <summary>Whether the whole workflow stops.</summary>
    public bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>What an attempt is that was ended.</summary>
    public StepOutcome Outcome => _stop.IsCancellationRequested ? StepOutcome.Cancelled : StepOutcome.TimedOut;

    /// <inheritdoc/>
    public void Dispose() => _any.Dispose();
}
