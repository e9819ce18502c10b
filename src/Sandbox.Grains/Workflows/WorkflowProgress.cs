using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>What of a workflow goes on: steps begin when those before them have ended, as far as their conditions are met and there is room.</summary>
internal sealed class WorkflowProgress(WorkflowGraph graph, WorkflowServices services)
{
    private readonly Dictionary<int, bool> _met = [];

    /// <summary>The graph.</summary>
    public WorkflowGraph Graph => graph;

    /// <summary>The workflow with all that may begin begun, and all that will not skipped; where it stops, with nothing left to begin.</summary>
    public async Task<WorkflowState> Advance(WorkflowState next, DateTimeOffset now)
    {
        if (next.StopsAs is null)
        {
            var room = WorkflowScheduler.Room(next);
            foreach (var index in WorkflowScheduler.DueAgain(next, now).Take(room).ToList())
                next = next.Start(index, now);
            int before;
            do
            {
                before = WorkflowScheduler.CountPending(next);
                foreach (var index in WorkflowScheduler.Judgeable(next, graph.Names).ToList())
                    next = await Judge(next, index, now);
            }
            while (WorkflowScheduler.CountPending(next) < before);
        }

        return next.StopsAs is null ? next : TakeBack(next, now);
    }

    private async Task<WorkflowState> Judge(WorkflowState next, int index, DateTimeOffset now)
    {
        var condition = graph.ConditionOf(index);
        if (!WorkflowScheduler.DependenciesLet(next, index, graph.Names, condition?.AskedStatuses ?? new HashSet<string>()))
            return next.EndStep(index, new StepOutcome(WorkflowStepStatus.Skipped, WorkflowCauses.Dependency), now);
        if (condition is not null && !await IsMet(next, index, condition))
            return next.EndStep(index, new StepOutcome(WorkflowStepStatus.Skipped, WorkflowCauses.Condition), now);
        return WorkflowScheduler.Room(next) > 0 ? next.Start(index, now) : next;
    }

    // What it asks for has ended: it is the same whenever it is asked, but for the memory, of which the first answer counts.
    private async Task<bool> IsMet(WorkflowState next, int index, Condition condition)
    {
        if (_met.TryGetValue(index, out var known))
            return known;
        var values = await new StepValues(next, graph, services).Find(condition.References, CancellationToken.None);
        return _met[index] = condition.IsMet(reference => values.TryGetValue(reference, out var value) ? value : StepValue.Null);
    }

    private static WorkflowState TakeBack(WorkflowState next, DateTimeOffset now)
    {
        foreach (var index in WorkflowScheduler.Unbegun(next).ToList())
        {
            next = next.Steps[index].Status == WorkflowStepStatus.Pending
                ? next.EndStep(index, new StepOutcome(WorkflowStepStatus.Skipped, WorkflowCauses.Stopped), now)
                : next.EndStep(index, StepOutcome.Cancelled, now);
        }

        return next;
    }
}
