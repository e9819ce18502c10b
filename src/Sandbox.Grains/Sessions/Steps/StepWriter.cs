using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Writes the record of one step, one version after the other.</summary>
/// <param name="steps">Where it is written.</param>
/// <param name="recorder">The step's output, whose storage is tried again as the record's is.</param>
/// <param name="saved">Whether the record is durable already.</param>
internal sealed class StepWriter(IStepStore steps, OutputRecorder recorder, bool saved)
{
    private readonly SemaphoreSlim _saving = new(1);
    private bool _saved = saved;

    /// <summary>Writes the step as it stands, unless it has been written before.</summary>
    public Task WriteOnce(Func<StepRecord> current, CancellationToken cancellationToken) => Alone(
        async () =>
        {
            if (!_saved)
                await Save(current(), cancellationToken);
        },
        cancellationToken);

    /// <summary>Writes a version, trying again until it is durable.</summary>
    public Task Write(StepRecord record, CancellationToken cancellationToken) => recorder.Insist(
        async () =>
        {
            await Alone(() => Save(record, cancellationToken), cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Writes the last version, trying again until it is durable; no other one is written meanwhile.</summary>
    public Task WriteEnd(StepRecord ended, CancellationToken stopping) => Alone(
        () => recorder.Insist(
            async () =>
            {
                await Save(ended, CancellationToken.None);
                return true;
            },
            stopping),
        CancellationToken.None);

    private async Task Save(StepRecord record, CancellationToken cancellationToken)
    {
        await steps.Save(record, cancellationToken);
        _saved = true;
    }

    private async Task Alone(Func<Task> write, CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken);
        try
        {
            await write();
        }
        finally
        {
            _saving.Release();
        }
    }
}
