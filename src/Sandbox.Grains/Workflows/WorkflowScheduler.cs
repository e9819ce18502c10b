using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>What may happen next in a workflow: functions of its state and the present time.</summary>
internal static class WorkflowScheduler
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(10);

    /// <summary>How long a step waits before the attempt that follows so many.</summary>
    public static TimeSpan Backoff(int attempts, double seconds)
    {
        var wait = seconds * Math.Pow(2, Math.Max(0, attempts - 1));
        return wait < LongestBackoff.TotalSeconds ? TimeSpan.FromSeconds(wait) : LongestBackoff;
    }

    /// <summary>Steps whose next attempt is due, as many as may begin.</summary>
    public static IEnumerable<int> DueAgain(WorkflowState state, DateTimeOffset now) =>
        Indices(state, step => step.Status == WorkflowStepStatus.Retrying && step.RetryAt <= now);

    /// <summary>Steps that wait for nothing any more but to be judged.</summary>
    /// <param name="state">The workflow.</param>
    /// <param name="names">Index of each step by its name.</param>
    public static IEnumerable<int> Judgeable(WorkflowState state, IReadOnlyDictionary<string, int> names) => Indices(
        state, step => step.Status == WorkflowStepStatus.Pending && step.DependsOn.All(name => state.Steps[names[name]].Ended));

    /// <summary>How many steps have not been judged yet.</summary>
    public static int CountPending(WorkflowState state) => state.Steps.Count(static step => step.Status == WorkflowStepStatus.Pending);

    /// <summary>How many more steps may run.</summary>
    public static int Room(WorkflowState state) =>
        state.MaxParallel - state.Steps.Count(static step => step.Status == WorkflowStepStatus.Running);

    /// <summary>
    /// Whether what a step depends on lets it begin, as far as its condition does not ask for it: a dependency that did not succeed
    /// keeps it from that, unless the condition asks for that one's status.
    /// </summary>
    /// <param name="state">The workflow.</param>
    /// <param name="step">The step.</param>
    /// <param name="names">Index of each step by its name.</param>
    /// <param name="asked">Steps for whose status the condition asks.</param>
    public static bool DependenciesLet(WorkflowState state, int step, IReadOnlyDictionary<string, int> names, IReadOnlySet<string> asked) =>
        state.Steps[step].DependsOn.All(name => state.Steps[names[name]].Succeeded || asked.Contains(name));

    /// <summary>Steps that a workflow which stops takes back before they begin (again).</summary>
    public static IEnumerable<int> Unbegun(WorkflowState state) =>
        Indices(state, static step => step.Status is WorkflowStepStatus.Pending or WorkflowStepStatus.Retrying);

    /// <summary>When something is due that nobody reports; null for nothing.</summary>
    public static DateTimeOffset? NextDue(WorkflowState state)
    {
        if (state.Ended || state.StopsAs is not null)
            return null;
        var due = state.DeadlineAt;
        foreach (var step in state.Steps)
        {
            if (step is { Status: WorkflowStepStatus.Retrying, RetryAt: { } at } && at < due)
                due = at;
        }

        return due;
    }

    private static IEnumerable<int> Indices(WorkflowState state, Func<WorkflowStepState, bool> match)
    {
        for (var index = 0; index < state.Steps.Count; index++)
        {
            if (match(state.Steps[index]))
                yield return index;
        }
    }
}
