using System.Collections;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>The graph of a workflow: names of steps, what they depend on over all, and their conditions. Pure.</summary>
internal sealed class WorkflowGraph
{
    private readonly WorkflowSpec _spec;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Condition> _conditions = [];
    private readonly BitArray?[] _ancestors;
    private readonly List<FieldError> _faults = [];

    private WorkflowGraph(WorkflowSpec spec) => (_spec, _ancestors) = (spec, new BitArray?[spec.Steps.Count]);

    /// <summary>Index of each step by its name.</summary>
    public IReadOnlyDictionary<string, int> Names => _names;

    /// <summary>What is wrong with it, by the paths of the request; empty where nothing is.</summary>
    public IReadOnlyList<FieldError> Faults => _faults;

    /// <summary>The condition of a step; null where it has none.</summary>
    public Condition? ConditionOf(int step) => _conditions.GetValueOrDefault(step);

    /// <summary>Reads a workflow as a graph, whatever is wrong with it.</summary>
    public static WorkflowGraph Of(WorkflowSpec spec)
    {
        var graph = new WorkflowGraph(spec);
        graph.ReadNames();
        graph.ReadDependencies();
        // What depends on what cannot be said of a graph that is none.
        if (graph._faults.Count == 0 && graph.Order())
            graph.ReadReferences();
        return graph;
    }

    private void ReadNames()
    {
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, session) in _spec.Sessions.Index())
        {
            if (!WorkflowNames.IsStep(session.Name))
                Fault($"sessions[{index}].name", $"Must be {WorkflowNames.StepRule}");
            else if (!sessions.Add(session.Name))
                Fault($"sessions[{index}].name", $"'{session.Name}' is the name of an earlier session too.");
        }

        foreach (var (index, step) in _spec.Steps.Index())
        {
            if (!WorkflowNames.IsStep(step.Id))
                Fault($"steps[{index}].id", $"Must be {WorkflowNames.StepRule}");
            else if (!_names.TryAdd(step.Id, index))
                Fault($"steps[{index}].id", $"'{step.Id}' is the id of an earlier step too.");
            if (step.Session is { } within && !sessions.Contains(within.Name))
                Fault(index, "session", $"there is no session '{Shown(within.Name)}' in this workflow.");
        }
    }

    private void ReadDependencies()
    {
        foreach (var (index, step) in _spec.Steps.Index())
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (place, name) in step.DependsOn.Index())
            {
                if (!_names.ContainsKey(name))
                    Fault(index, $"dependsOn[{place}]", $"there is no step '{Shown(name)}' in this workflow.");
                else if (name == step.Id)
                    Fault(index, $"dependsOn[{place}]", "a step cannot depend on itself.");
                else if (!seen.Add(name))
                    Fault(index, $"dependsOn[{place}]", $"'{name}' is named twice.");
            }
        }
    }

    // Every step after those it depends on, with all that these depend on; false where there is a cycle.
    private bool Order()
    {
        var open = _spec.Steps.Select(static step => step.DependsOn.Count).ToArray();
        var dependents = new List<int>[open.Length];
        foreach (var (index, step) in _spec.Steps.Index())
        {
            foreach (var name in step.DependsOn)
                (dependents[_names[name]] ??= []).Add(index);
        }

        var ready = new Queue<int>(Enumerable.Range(0, open.Length).Where(index => open[index] == 0));
        while (ready.TryDequeue(out var index))
        {
            _ancestors[index] = AncestorsOf(index);
            foreach (var dependent in dependents[index] ?? [])
            {
                if (--open[dependent] == 0)
                    ready.Enqueue(dependent);
            }
        }

        for (var index = 0; index < open.Length; index++)
        {
            // One is told: others may only depend on that one, and looking for each is as much work again.
            if (_ancestors[index] is null && CycleOf(index) is { } cycle)
            {
                Fault(index, "dependsOn", $"it depends on itself: {cycle}.");
                break;
            }
        }

        return _faults.Count == 0;
    }

    private BitArray AncestorsOf(int index)
    {
        var ancestors = new BitArray(_spec.Steps.Count);
        foreach (var name in _spec.Steps[index].DependsOn)
        {
            ancestors.Or(_ancestors[_names[name]]!);
            ancestors[_names[name]] = true;
        }

        return ancestors;
    }

    // The way round from a step to itself; null where it only depends on a cycle of others.
    private string? CycleOf(int start)
    {
        var from = new Dictionary<int, int>();
        var ways = new Queue<int>([start]);
        while (ways.TryDequeue(out var index))
        {
            foreach (var next in _spec.Steps[index].DependsOn.Select(name => _names[name]))
            {
                if (next == start)
                    return Told(start, index, from);
                if (_ancestors[next] is null && from.TryAdd(next, index))
                    ways.Enqueue(next);
            }
        }

        return null;
    }

    private string Told(int start, int last, Dictionary<int, int> from)
    {
        const int MostNames = 20;
        var way = new List<string> { _spec.Steps[start].Id };
        for (var index = last; index != start; index = from[index])
            way.Add(_spec.Steps[index].Id);
        way.Add(_spec.Steps[start].Id);
        way.Reverse();
        return way.Count <= MostNames ? string.Join(" → ", way) : $"{string.Join(" → ", way.Take(MostNames))} → …";
    }

    private void ReadReferences()
    {
        foreach (var (index, step) in _spec.Steps.Index())
        {
            if (step.When is { } when)
                ReadCondition(index, when);
            foreach (var (path, text) in StepInput.Texts(step))
                ReadText(index, path, text);
            foreach (var (place, file) in (step.Job?.Files ?? []).Index())
            {
                if (file.Artifact is { } artifact && !StepText.Mentions(artifact) && !ArtifactId.TryParse(artifact, out _))
                    Fault(index, $"job.files[{place}].artifact", "it is not the id of an artifact, nor ${steps.ID.artifacts.NAME}.");
            }
        }
    }

    private void ReadCondition(int index, string text)
    {
        var (condition, fault) = Condition.Parse(text);
        if (condition is null)
        {
            Fault(index, "when", fault!);
            return;
        }

        _conditions[index] = condition;
        foreach (var reference in condition.References)
            CheckReference(index, "when", reference);
    }

    private void ReadText(int index, string path, string text)
    {
        var (parsed, fault) = StepText.Parse(text);
        if (parsed is null)
        {
            Fault(index, path, fault!);
            return;
        }

        foreach (var reference in parsed.References)
            CheckReference(index, path, reference);
        if (path.EndsWith(".artifact", StringComparison.Ordinal) && parsed.Whole is not { Member: ValueMembers.Artifacts })
            Fault(index, path, "of an artifact there can only be ${steps.ID.artifacts.NAME}, and nothing beside it.");
    }

    private void CheckReference(int index, string path, ValueReference reference)
    {
        if (reference.Step is not { } step)
            return;
        if (!_names.TryGetValue(step, out var named))
            Fault(index, path, $"there is no step '{step}' in this workflow.");
        else if (!_ancestors[index]![named])
            Fault(index, path, $"it names {reference} without depending on '{step}'.");
        else if (_spec.Steps[named].Job is null && reference.Member is ValueMembers.JobId or ValueMembers.Artifacts)
            Fault(index, path, $"'{step}' is a step in a session: it has no {reference.Member}.");
    }

    private void Fault(int index, string path, string what) => Fault($"steps[{index}].{path}", $"Step '{Shown(_spec.Steps[index].Id)}': {what}");

    private void Fault(string path, string what)
    {
        const int Most = 100;
        if (_faults.Count < Most)
            _faults.Add(new FieldError(path, what));
    }

    private static string Shown(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "…");
}
