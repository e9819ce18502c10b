using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// The input of an attempt with its values. It is put together whenever it is handed over, and not held while somebody waits for room:
/// a workflow may have a thousand steps that wait.
/// </summary>
internal sealed class StepFilling(StepAssignment assignment, WorkflowServices services)
{
    private readonly List<ValueReference> _named =
        [.. StepInput.Texts(assignment.Spec).SelectMany(static text => StepText.Parse(text.Text).Text!.References)];

    /// <summary>Hands the input over; the answer, or why there is no such input.</summary>
    /// <exception cref="OperationCanceledException">The attempt ends.</exception>
    public Task<(Reply<T>? Reply, StepOutcome? Impossible)> HandOver<T>(Func<WorkflowStepSpec, Task<Reply<T>>> submit, AttemptEnds ends)
        where T : class =>
        services.Ask(assignment.Workflow, () => Once(submit, ends.Any), ends.Any);

    private async Task<(Reply<T>? Reply, StepOutcome? Impossible)> Once<T>(Func<WorkflowStepSpec, Task<Reply<T>>> submit, CancellationToken cancellationToken)
        where T : class
    {
        if (_named.Count == 0)
            return (await submit(assignment.Spec), null);
        await services.Inputs.WaitAsync(cancellationToken);
        try
        {
            var (spec, impossible) = await Fill(cancellationToken);
            return impossible is null ? (await submit(spec), null) : (null, impossible);
        }
        finally
        {
            services.Inputs.Release();
        }
    }

    private async Task<(WorkflowStepSpec Spec, StepOutcome? Impossible)> Fill(CancellationToken cancellationToken)
    {
        var (spec, most) = (assignment.Spec, services.Options.MaxInputBytes);
        if (await new StepValues(assignment.State, assignment.Graph, services).Find(_named, most, cancellationToken) is not { } values)
            return (spec, StepOutcome.Impossible(WorkflowCauses.InputTooLarge, $"The values that it names are longer than {most} bytes."));
        if (_named.Find(reference => !values.ContainsKey(reference)) is { } missing)
            return (spec, StepOutcome.Impossible(WorkflowCauses.ValueMissing, $"There is no {missing}."));
        spec = StepInput.With(spec, reference => values[reference].Text);
        return (spec, StepInputBounds.Refuse(spec, most));
    }
}
