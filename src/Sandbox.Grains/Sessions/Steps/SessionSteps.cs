using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// The steps of a live session that have not ended: numbers them, and runs those of one context one after the other and
/// those of different contexts side by side. Used in the turns of the session's grain only.
/// </summary>
internal sealed class SessionSteps(SessionContext session, SessionOptions options, Action idle)
{
    private const int MostAdopted = 1024;
    private const int MostEnded = 4096;

    private readonly Dictionary<long, StepRun> _open = [];
    private readonly Dictionary<string, Task> _contexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _keys = new(StringComparer.Ordinal);
    private readonly ChangeSignal _added = new();

    /// <summary>Number of the newest step.</summary>
    public long Last { get; private set; }

    /// <summary>Completes when the next step is added.</summary>
    public Task Added => _added.Next;

    public bool Busy => _open.Count > 0;

    private int Commands => _open.Values.Count(run => run.Record.Background is not null);

    public StepRun? Find(long sequence) => _open.GetValueOrDefault(sequence);

    /// <summary>An open step that a request with this key made.</summary>
    public StepRun? FindByKey(string key) => _keys.TryGetValue(key, out var sequence) ? Find(sequence) : null;

    /// <summary>Open steps, in order of their numbers.</summary>
    public IReadOnlyList<StepRun> Open => [.. _open.Values.OrderBy(run => run.Record.Sequence)];

    /// <summary>Why another step cannot be taken now; null when it can.</summary>
    public Refusal? Refuse(string context)
    {
        if (_open.Count - Commands >= options.MaxOpenSteps)
            return new Refusal(RefusalCodes.QuotaExceeded, $"{options.MaxOpenSteps} steps of the session wait or run already.", null, TimeSpan.FromSeconds(1));
        if (!_contexts.ContainsKey(context) && _contexts.Count >= options.MaxContexts && (session.Kernels.Ended >= MostEnded || !FreeContexts()))
            return new Refusal(RefusalCodes.ContextLimit, $"The session has {options.MaxContexts} contexts, and can have no more.", "context");
        return null;
    }

    /// <summary>Why another background command cannot be taken now; null when it can.</summary>
    public Refusal? RefuseCommand() => Commands >= options.MaxCommands
        ? new Refusal(RefusalCodes.QuotaExceeded, $"{options.MaxCommands} background commands of the session run already.", null, TimeSpan.FromSeconds(1))
        : null;

    /// <summary>The running command on the terminal of a name; null where there is none.</summary>
    public StepRun? FindTerminal(string name) => _open.Values.FirstOrDefault(run => run.Record.Background?.Terminal?.Name == name && !run.Record.Ended);

    /// <summary>A new step behind those of its context; or a background command, which is behind none.</summary>
    public StepRun Add(StepSpec spec, BackgroundCommand? background, Caller caller, string? idempotencyKey, string? fingerprint)
    {
        var record = new StepRecord
        {
            SessionId = session.Id,
            Sequence = ++Last,
            Context = spec.Context,
            Language = spec.Command is null ? spec.Language ?? session.Language : null,
            Status = StepStatus.Queued,
            AgentId = caller.AgentId,
            Role = caller.Role,
            IdempotencyKey = idempotencyKey,
            Fingerprint = fingerprint,
            CreatedAt = session.Time.GetUtcNow(),
            Spec = spec,
            Background = background,
        };
        return Enqueue(new StepRun(session, record, saved: false, adopted: false));
    }

    /// <summary>
    /// Takes up what an earlier process left: steps that it had acknowledged, and those that the agent alone knows of,
    /// whose caller never had an answer.
    /// </summary>
    public void Adopt(StepOverview overview, IReadOnlyList<string> knownToAgent)
    {
        Last = overview.Last;
        foreach (var record in overview.Kernels.Where(record => record is { Kernel: not null, Language: not null }))
            session.Kernels.Restore(record.Context, record.Language!, record.Kernel!, record.KernelEnded);
        var unanswered = knownToAgent
            .Select(id => StepName.TryParse(id, out var name) ? name : null)
            .OfType<StepName>()
            .Where(name => name.Branch == session.Branch && name.Sequence > overview.Last && name.Sequence <= overview.Last + MostAdopted)
            .DistinctBy(name => name.Sequence)
            .Select(ToRecord);
        foreach (var (record, saved) in overview.Open.Select(record => (record, true)).Concat(unanswered.Select(record => (record, false))).OrderBy(entry => entry.record.Sequence))
        {
            Last = Math.Max(Last, record.Sequence);
            Enqueue(new StepRun(session, record, saved, adopted: true));
        }
    }

    /// <summary>The session has ended: every open step does, for a cause.</summary>
    public Task EndAll(string cause)
    {
        var open = Open;
        foreach (var run in open)
            run.EndWithSession(cause);
        return Task.WhenAll(open.Select(run => run.Finished)).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Lets go of every step without ending it.</summary>
    public void Abandon()
    {
        foreach (var run in _open.Values)
            run.Abandon();
    }

    // Of a context in which nothing runs and no kernel lives there is nothing left to keep.
    private bool FreeContexts()
    {
        var over = _contexts.Where(context => context.Value.IsCompleted && !session.Kernels.LivesIn(context.Key)).Select(context => context.Key).ToList();
        foreach (var context in over)
            _contexts.Remove(context);
        return over.Count > 0;
    }

    private StepRecord ToRecord(StepName name) => new()
    {
        SessionId = session.Id,
        Sequence = name.Sequence,
        Context = name.Context,
        Language = name.Language,
        Status = StepStatus.Running,
        CreatedAt = session.Time.GetUtcNow(),
        StartedAt = session.Time.GetUtcNow(),
    };

    private StepRun Enqueue(StepRun run)
    {
        _open.Add(run.Record.Sequence, run);
        if (run.Record.IdempotencyKey is { } key)
            _keys[key] = run.Record.Sequence;
        if (run.Record.Background is null)
            Chain(run);
        else
            _ = Task.Run(run.Execute);
        _ = Forget(run);
        _added.Raise();
        return run;
    }

    private void Chain(StepRun run)
    {
        var before = _contexts.GetValueOrDefault(run.Record.Context, Task.CompletedTask);
        _contexts[run.Record.Context] = Task.Run(async () =>
        {
            await before;
            await run.Execute();
        });
    }

    // In the grain's turns, for it is called in one.
    private async Task Forget(StepRun run)
    {
        await ((Task)run.Finished).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _open.Remove(run.Record.Sequence);
        if (run.Record.IdempotencyKey is { } key)
            _keys.Remove(key);
        if (_open.Count == 0)
            idle();
    }
}
