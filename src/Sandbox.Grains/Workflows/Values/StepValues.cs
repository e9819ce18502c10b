using System.Globalization;
using System.Text;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// The values that a step can name, read from where they are: what became of earlier steps from the workflow's state, their output
/// from their jobs and sessions. Of an output no more is kept than what is named of it.
/// </summary>
/// <param name="state">The workflow, in which the steps that are named have ended.</param>
/// <param name="graph">Its graph.</param>
/// <param name="services">What it works with.</param>
internal sealed class StepValues(WorkflowState state, WorkflowGraph graph, WorkflowServices services)
{
    /// <summary>Values by what names them; one that is not there is missing in it. Null where they are too long together.</summary>
    /// <param name="references">What is named, as often as it is.</param>
    /// <param name="most">Most characters of all of them. Nothing is read any more beyond it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">Whoever has them does not answer; it may be asked again.</exception>
    public async Task<IReadOnlyDictionary<ValueReference, StepValue>?> Find(IEnumerable<ValueReference> references, long most, CancellationToken cancellationToken)
    {
        var found = new Dictionary<ValueReference, StepValue>();
        foreach (var ofStep in references.CountBy(static reference => reference).GroupBy(static named => named.Key.Step, StringComparer.Ordinal))
        {
            var output = new Lazy<Task<StepOutput?>>(() => Read(state.Steps[graph.Names[ofStep.Key!]], cancellationToken));
            foreach (var (reference, times) in ofStep)
            {
                if (await Find(reference, output, cancellationToken) is not { } value)
                    continue;
                most -= (long)value.Text.Length * times;
                if (most < 0)
                    return null;
                found[reference] = value;
            }
        }

        return found;
    }

    private async Task<StepValue?> Find(ValueReference reference, Lazy<Task<StepOutput?>> output, CancellationToken cancellationToken)
    {
        if (reference.Step is not { } name)
            return await ReadMemory(reference.Member, cancellationToken);
        var step = state.Steps[graph.Names[name]];
        if (reference.Member == ValueMembers.Status)
            return StepValue.Of(EventJson.NameOf(step.Status));
        // A step that never began has nothing to show, and that is no fault of whoever asks.
        if (step.Attempts == 0)
            return StepValue.Null;
        if (reference.Member == ValueMembers.ExitCode)
            return step.Outcome?.ExitCode is { } exitCode ? StepValue.Of(exitCode) : StepValue.Null;
        if (reference.Member == ValueMembers.JobId)
            return StepValue.Of(WorkflowViews.JobOf(state, step, step.Attempts));
        return await output.Value is { } shown ? Of(shown, reference) : null;
    }

    private static StepValue? Of(StepOutput output, ValueReference reference) => reference.Member switch
    {
        ValueMembers.Stdout => StepValue.Of(output.Stdout),
        ValueMembers.Stderr => StepValue.Of(output.Stderr),
        ValueMembers.Result => output.Result is { } result ? Within(result, reference.Path) : null,
        _ => output.Artifacts.FirstOrDefault(artifact => artifact.Name == reference.Path) is { } artifact ? StepValue.Of(artifact.Id.ToString()) : null,
    };

    private static StepValue? Within(string json, string path)
    {
        var value = Parsed(json);
        foreach (var part in path.Length == 0 ? [] : path.Split('.'))
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(part, out var member))
                value = member;
            else if (value.ValueKind == JsonValueKind.Array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength())
                value = value[index];
            else
                return null;
        }

        return StepValue.Of(value);
    }

    private async Task<StepValue?> ReadMemory(string key, CancellationToken cancellationToken)
    {
        // Before it is written itself there is no memory of it yet.
        if (state.InitialMemory is { } initial)
            return initial.TryGetValue(key, out var first) ? StepValue.Of(Parsed(first)) : null;
        if (!WorkflowId.TryParse(state.Id, out var workflow) || await services.Memory.Find(state.TenantId, workflow, key, cancellationToken) is not { } found)
            return null;
        return StepValue.Of(Parsed(found.Json));
    }

    private Task<StepOutput?> Read(WorkflowStepState step, CancellationToken cancellationToken) =>
        step.Session is { } session ? ReadSession(step, session, cancellationToken) : ReadJob(step, cancellationToken);

    private async Task<StepOutput?> ReadJob(WorkflowStepState step, CancellationToken cancellationToken)
    {
        var job = services.Grains.GetGrain<IJobGrain>(WorkflowViews.JobOf(state, step, step.Attempts));
        var reply = await job.Get(Reader, TimeSpan.Zero, cancellationToken);
        return reply.Value is { } view ? new StepOutput(view.Stdout ?? string.Empty, view.Stderr ?? string.Empty, view.Result, view.Artifacts) : null;
    }

    private async Task<StepOutput?> ReadSession(WorkflowStepState step, string session, CancellationToken cancellationToken)
    {
        if (step.Outcome?.SessionStep is not { } sequence)
            return null;
        var grain = services.Grains.GetGrain<ISessionGrain>(WorkflowViews.SessionOf(state, session));
        var reply = await grain.GetStep(Reader, sequence, TimeSpan.Zero, cancellationToken);
        return reply.Value is { } view ? new StepOutput(view.Stdout ?? string.Empty, view.Stderr ?? string.Empty, ResultOf(view), []) : null;
    }

    // What a session's step shows has several forms: JSON where there is that, else its text.
    private static string? ResultOf(StepView view)
    {
        if (view.MainResult is not { } main || main >= view.Results.Count)
            return null;
        var forms = Parsed(view.Results[main]);
        if (forms.ValueKind != JsonValueKind.Object)
            return null;
        if (forms.TryGetProperty("application/json", out var json))
            return json.GetRawText();
        return forms.TryGetProperty("text/plain", out var text) ? text.GetRawText() : null;
    }

    private static JsonElement Parsed(string json) => Parsed(Encoding.UTF8.GetBytes(json));

    // It came out of a sandbox: what is no JSON is text.
    private static JsonElement Parsed(byte[] json) => UntrustedJson.Parse(json) ?? JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(json));

    // The workflow reads what it has made, whoever its steps act as.
    private Caller Reader => state.Owner;

    private sealed record StepOutput(string Stdout, string Stderr, string? Result, IReadOnlyList<ArtifactInfo> Artifacts);
}
