using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>What of a workflow goes on: steps begin when those before them have ended, as far as their conditions are met and there is room.</summary>
internal sealed class WorkflowProgress(WorkflowGraph graph, WorkflowServices services)
{
    // A round is waited for by whoever wants something of the workflow.
    private static readonly TimeSpan LongestAsking = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, bool> _met = [];

    /// <summary>The graph.</summary>
    public WorkflowGraph Graph => graph;

    /// <summary>Whether some conditions could not be judged the last time, because what they ask for was not answered: they have to be asked again.</summary>
    public bool IsUnanswered { get; private set; }

    /// <summary>The workflow with all that may begin begun, and all that will not skipped; where it stops, with nothing left to begin.</summary>
    public async Task<WorkflowState> Advance(WorkflowState next, DateTimeOffset now)
    {
        IsUnanswered = false;
        if (next.StopsAs is null)
        {
            using var asking = new CancellationTokenSource(LongestAsking, services.Time);
            var room = WorkflowScheduler.Room(next);
            foreach (var index in WorkflowScheduler.DueAgain(next, now).Take(room).ToList())
                next = next.Start(index, now);
            int before;
            do
            {
                before = WorkflowScheduler.CountPending(next);
                foreach (var index in WorkflowScheduler.Judgeable(next, graph.Names).ToList())
                    next = await Judge(next, index, now, asking.Token);
            }
            while (WorkflowScheduler.CountPending(next) < before);
        }

        return next.StopsAs is null ? next : TakeBack(next, now);
    }

    private async Task<WorkflowState> Judge(WorkflowState next, int index, DateTimeOffset now, CancellationToken asking)
    {
        var condition = graph.ConditionOf(index);
        if (!WorkflowScheduler.DependenciesLet(next, index, graph.Names, condition?.AskedStatuses ?? new HashSet<string>()))
            return next.EndStep(index, new StepOutcome(WorkflowStepStatus.Skipped, WorkflowCauses.Dependency), now);
        // What there is no room for is judged when there is.
        if (WorkflowScheduler.Room(next) <= 0)
            return next;
        if (condition is null)
            return next.Start(index, now);
        return await IsMet(next, index, condition, asking) switch
        {
            true => next.Start(index, now),
            false => next.EndStep(index, new StepOutcome(WorkflowStepStatus.Skipped, WorkflowCauses.Condition), now),
            null => next,
        };
    }

    // What it asks for has ended: it is the same whenever it is asked, but for the memory, of which the first answer counts.
    // Null where nobody has answered.
    private async Task<bool?> IsMet(WorkflowState next, int index, Condition condition, CancellationToken asking)
    {
        if (_met.TryGetValue(index, out var known))
            return known;
        try
        {
            var values = await services.Ask(next.Id, () => new StepValues(next, graph, services).Find(condition.References, long.MaxValue, asking), asking);
            return _met[index] = condition.IsMet(reference => values!.TryGetValue(reference, out var value) ? value : StepValue.Null);
        }
        catch (OperationCanceledException) when (asking.IsCancellationRequested)
        {
            IsUnanswered = true;
            return null;
        }
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
