using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>
/// A workflow in this process: the attempts under way, and what is due. Everything that happened is taken up in rounds: one
/// decision, one write, and only then what it leads to. Called on the grain's scheduler only.
/// </summary>
/// <param name="id">The workflow.</param>
/// <param name="record">What is durable of it.</param>
/// <param name="services">What it works with.</param>
/// <param name="keep">Whether the grain has to stay in memory.</param>
internal sealed class WorkflowLife(string id, WorkflowRecord record, WorkflowServices services, Action<bool> keep)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, StepRun> _runs = [];
    private readonly HashSet<int> _takenUp = [];
    private readonly HashSet<string> _closing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private WorkflowProgress? _progress;
    private ITimer? _due;
    private bool _cancelled;
    private Task? _round;
    private long _asked;
    private long _settled;

    /// <summary>Completes when the workflow has ended.</summary>
    public Task Ended => _ended.Task;

    private WorkflowState State => record.Current;

    private WorkflowProgress Progress => _progress ??= new WorkflowProgress(WorkflowGraph.Of(record.Spec!), services);

    /// <summary>Accepts a workflow, with what begins at once in the same write.</summary>
    public async Task Begin(WorkflowState submitted, WorkflowSpec spec, WorkflowGraph graph)
    {
        _progress = new WorkflowProgress(graph, services);
        await record.Create(await Progress.Advance(submitted, services.Time.GetUtcNow()), spec);
        keep(true);
        await Act();
    }

    /// <summary>Takes up what an earlier process, or activation, has left.</summary>
    public async Task TakeUp()
    {
        if (State.Ended)
        {
            _ended.TrySetResult();
            return;
        }

        keep(true);
        _takenUp.UnionWith(State.Steps.Index().Where(static step => step.Item.Status == WorkflowStepStatus.Running).Select(static step => step.Index));
        await Settle();
    }

    /// <summary>Stops it.</summary>
    public Task Cancel()
    {
        _cancelled = true;
        return Settle();
    }

    /// <summary>A session of it has ended.</summary>
    public Task SessionClosed(string name)
    {
        _closed.Add(name);
        return Settle();
    }

    /// <summary>Takes up everything that has happened until now; durable when it completes.</summary>
    public async Task Settle()
    {
        // One round at a time, and one for all who come while it goes on.
        var mine = ++_asked;
        while (_settled < mine)
            await (_round ??= Round());
    }

    /// <summary>This process lets go of it; what runs goes on.</summary>
    public void Abandon()
    {
        _due?.Dispose();
        foreach (var run in _runs.Values)
            run.Abandon();
    }

    private async Task Round()
    {
        // Whoever began it has to have noted it before it can be over.
        await Task.Yield();
        var upTo = _asked;
        try
        {
            if (!State.Exists || State.Ended)
            {
                _settled = upTo;
                return;
            }

            var next = await Next(State, services.Time.GetUtcNow());
            if (!ReferenceEquals(next, State))
                await record.Write(next);
            await Act();
            _settled = upTo;
        }
        finally
        {
            _round = null;
        }
    }

    private async Task<WorkflowState> Next(WorkflowState next, DateTimeOffset now)
    {
        foreach (var (index, run) in _runs)
        {
            if (run.Outcome is { } outcome && IsUnderWay(next, index, run.Attempt))
                next = next.EndAttempt(index, outcome, now);
        }

        foreach (var name in _closed)
            next = next.CloseSession(name);
        if (_cancelled)
            next = next.Stop(WorkflowStatus.Cancelled, WorkflowCauses.Cancelled);
        else if (now >= next.DeadlineAt && !next.Steps.All(static step => step.Ended))
            next = next.Stop(WorkflowStatus.TimedOut, WorkflowCauses.Timeout);
        next = await Progress.Advance(next, now);
        return next.OpenSessions.Count == 0 && next.Steps.All(static step => step.Ended) ? next.End(now) : next;
    }

    // What follows from the state that is durable now.
    private async Task Act()
    {
        foreach (var (index, run) in _runs.Where(pair => !IsUnderWay(State, pair.Key, pair.Value.Attempt)).ToList())
        {
            _runs.Remove(index);
            run.Dispose();
        }

        if (State.Ended)
        {
            await Finish();
            return;
        }

        foreach (var (index, step) in State.Steps.Index())
        {
            if (step.Status == WorkflowStepStatus.Running && !_runs.ContainsKey(index))
                Launch(index, step);
        }

        if (State.StopsAs is not null)
            StopAll();
        if (State.Steps.All(static step => step.Ended))
            CloseSessions();
        Watch();
    }

    private void Launch(int index, WorkflowStepState step)
    {
        var spec = record.Spec!.Steps[index];
        var session = spec.Session is { } within ? record.Spec.Sessions.First(session => session.Name == within.Name) : null;
        var run = new StepRun(new StepAssignment(State, Progress.Graph, index, step.Attempts, spec, session, _takenUp.Remove(index)), services);
        _runs[index] = run;
        // One that an earlier process began may be one that has to be ended.
        if (State.StopsAs is not null)
            run.Stop();
        run.Start();
    }

    private void StopAll()
    {
        foreach (var run in _runs.Values)
            run.Stop();
        // What runs in sessions ends with them, and a workflow that stops needs none any more.
        CloseSessions();
    }

    private void CloseSessions()
    {
        foreach (var name in State.OpenSessions.Where(_closing.Add))
            _ = Task.Run(() => Close(name, WorkflowViews.SessionOf(State, name)));
    }

    private async Task Close(string name, string session)
    {
        var grain = services.Grains.GetGrain<ISessionGrain>(session);
        // A session that was never made, or has ended already, is refused: both is as good.
        await services.Ask(id, () => grain.End(State.Owner), CancellationToken.None);
        await services.Report(id, workflow => workflow.SessionClosed(name));
    }

    private void Watch()
    {
        if (WorkflowScheduler.NextDue(State) is not { } due)
            return;
        _due?.Dispose();
        var left = due - services.Time.GetUtcNow();
        if (_progress is { IsUnanswered: true } && left > AskAgain)
            left = AskAgain;
        _due = services.Time.CreateTimer(
            _ => _ = services.Report(id, workflow => workflow.Wake()), null, left > TimeSpan.Zero ? Bounded(left) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Timers do not go further; one that comes too early is set anew.
    private static TimeSpan Bounded(TimeSpan left) => left < TimeSpan.FromDays(20) ? left : TimeSpan.FromDays(20);

    private async Task Finish()
    {
        _due?.Dispose();
        _ended.TrySetResult();
        keep(false);
        await record.ForgetInput();
    }

    private static bool IsUnderWay(WorkflowState state, int index, int attempt) =>
        state.Steps[index] is { Status: WorkflowStepStatus.Running } step && step.Attempts == attempt;
}
