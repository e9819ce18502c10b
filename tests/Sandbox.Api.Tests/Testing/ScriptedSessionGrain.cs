using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A session that keeps what it was told; its steps echo their code, those with the code <c>hang</c> never end, and <c>picture</c> shows one.</summary>
internal sealed class ScriptedSessionGrain : Grain, ISessionGrain
{
    private const string Picture = """{"image/png":"iVBORw0KGgoAAAANSUhEUg=="}""";

    private readonly List<(StepView View, StepSpec Spec, string? Key, string? Fingerprint)> _steps = [];
    private SessionView? _view;
    private string? _tenant;
    private string? _fingerprint;
    private bool _ended;

    public Task<Reply<SessionCreation>> Create(Caller caller, SessionSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        var replayed = _view is not null;
        if (replayed && fingerprint != _fingerprint)
            return Task.FromResult<Reply<SessionCreation>>(new Refusal(RefusalCodes.IdempotencyKeyReused, "Another request has this key."));
        (_tenant, _fingerprint) = (caller.TenantId, fingerprint);
        var created = DateTimeOffset.UnixEpoch.AddYears(50);
        _view ??= new SessionView(
            this.GetPrimaryKeyString(), SessionStatus.Ready, null, spec.Language, spec.Isolation, spec.Template, spec.Limits, spec.IdleSeconds, spec.OnIdle,
            "node", 1, 0, caller.AgentId, new PolicyDecision("default", 0, true), spec.Metadata, created, created.AddSeconds(spec.TtlSeconds), null,
            spec.Snapshot);
        return Task.FromResult<Reply<SessionCreation>>(new SessionCreation(_view, replayed));
    }

    public Task<Reply<SessionView>> Get(Caller caller, CancellationToken cancellationToken = default) => View(caller, view => view);

    public async Task<Reply<SessionMetrics>> Measure(Caller caller, CancellationToken cancellationToken = default) =>
        (await Get(caller, cancellationToken)).Refusal is { } refusal ? refusal : new SessionMetrics(DateTimeOffset.UnixEpoch, 1.5, 0.25, 1 << 20, 2 << 20);

    public Task<Reply<SessionView>> Update(Caller caller, SessionChange change, CancellationToken cancellationToken = default) => View(caller, view => view with
    {
        ExpiresAt = change.TtlSeconds is { } ttl ? view.CreatedAt.AddSeconds(ttl) : view.ExpiresAt,
        IdleSeconds = change.IdleSeconds ?? view.IdleSeconds,
        Metadata = change.Metadata ?? view.Metadata,
    });

    public Task<Reply<SessionView>> End(Caller caller, CancellationToken cancellationToken = default)
    {
        var reply = View(caller, view => view with { Status = SessionStatus.Terminated });
        _ended = true;
        return reply;
    }

    public Task<Reply<SessionView>> Pause(Caller caller, CancellationToken cancellationToken = default) =>
        View(caller, view => view with { Status = SessionStatus.Paused });

    public Task<Reply<SessionView>> Suspend(Caller caller, CancellationToken cancellationToken = default) =>
        View(caller, view => view with { Status = SessionStatus.Paused, PausedTo = PausePlaces.Disk });

    public Task<Reply<SessionForks>> Fork(
        Caller caller, ForkSpec spec, string? idempotencyKey, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (Refuse(caller) is { } refusal)
            return Task.FromResult<Reply<SessionForks>>(refusal);
        if (spec.Memory)
            return Task.FromResult<Reply<SessionForks>>(new Refusal(RefusalCodes.MemoryUnsupported, "No memory here.", "memory"));
        var forks = Enumerable.Range(0, spec.Count)
            .Select(_ => _view! with { Id = SessionId.New().ToString(), Metadata = spec.Metadata ?? _view.Metadata, Snapshot = fingerprint })
            .ToList();
        return Task.FromResult<Reply<SessionForks>>(new SessionForks(forks, idempotencyKey is "again"));
    }

    public Task<Reply<SessionView>> Resume(Caller caller, CancellationToken cancellationToken = default) =>
        View(caller, view => view with { Status = SessionStatus.Ready });

    public Task<Reply<StepSubmission>> RunStep(
        Caller caller, StepSpec spec, string? idempotencyKey, string? fingerprint, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        if (Refuse(caller) is { } refusal)
            return Task.FromResult<Reply<StepSubmission>>(refusal);
        if (idempotencyKey is not null && _steps.Find(step => step.Key == idempotencyKey) is { View: not null } known)
        {
            return Task.FromResult<Reply<StepSubmission>>(known.Fingerprint == fingerprint
                ? new StepSubmission(known.View, true)
                : new Refusal(RefusalCodes.IdempotencyKeyReused, "Another request has this key."));
        }

        var ended = spec.Code != "hang";
        var text = spec.Code ?? string.Join(' ', spec.Command!);
        var view = new StepView(
            _view!.Id, _steps.Count + 1, spec.Context, spec.Language ?? _view.Language, ended ? StepStatus.Succeeded : StepStatus.Running, null, ended ? 0 : null,
            null, text, spec.Stdin ?? string.Empty, false, false, [spec.Code == "picture" ? Picture : """{"text/plain":"1"}""", "no json"], 0, """{"name":"E","value":"","traceback":[]}""",
            false, false, caller.AgentId, _view.CreatedAt, _view.CreatedAt, ended ? _view.CreatedAt : null, []);
        _steps.Add((view, spec, idempotencyKey, fingerprint));
        return Task.FromResult<Reply<StepSubmission>>(new StepSubmission(view, false));
    }

    public Task<Reply<StepView>> GetStep(Caller caller, long sequence, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<StepView>>(sequence >= 1 && sequence <= _steps.Count && caller.TenantId == _tenant ? _steps[(int)sequence - 1].View : NotFound);

    public Task<Reply<StepPage>> ListSteps(Caller caller, long after, int limit, CancellationToken cancellationToken = default)
    {
        if (Refuse(caller) is { } refusal)
            return Task.FromResult<Reply<StepPage>>(refusal);
        var rest = _steps.Select(step => step.View).Where(view => view.Sequence > after).ToList();
        var page = rest.Take(limit).Select(view => view with { Stdout = null, Stderr = null, Results = [], MainResult = null, Error = null }).ToList();
        return Task.FromResult<Reply<StepPage>>(new StepPage(page, rest.Count > limit ? page[^1].Sequence : null));
    }

    public Task<Reply<OutputEventPage>> ReadStepEvents(Caller caller, long sequence, long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (sequence < 1 || sequence > _steps.Count || caller.TenantId != _tenant)
            return Task.FromResult<Reply<OutputEventPage>>(NotFound);
        OutputEvent[] all =
        [
            new(1, OutputEventKinds.Status, """{"status":"running"}"""u8.ToArray()),
            new(4096, OutputEventKinds.Stdout, Encoding.UTF8.GetBytes(_steps[(int)sequence - 1].View.Stdout!)),
            new(8192, OutputEventKinds.Result, """{"text/plain":"1"}"""u8.ToArray()),
            new(12288, OutputEventKinds.End, """{"status":"succeeded"}"""u8.ToArray()),
        ];
        return Task.FromResult<Reply<OutputEventPage>>(new OutputEventPage([.. all.Where(entry => entry.Id > after)], true));
    }

    public Task<Reply<SessionEventPage>> ReadEvents(Caller caller, string after, long version, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (_view is null || caller.TenantId != _tenant)
            return Task.FromResult<Reply<SessionEventPage>>(NotFound);
        Assert.True(SessionPosition.TryParse(after, out _));
        SessionEvent[] all =
        [
            new("0;2:1", 2, new OutputEvent(1, OutputEventKinds.Status, """{"status":"running"}"""u8.ToArray())),
            new("0;2:4096", 2, new OutputEvent(4096, OutputEventKinds.Stdout, "two"u8.ToArray())),
            new("0;1:4096;2:4096", 1, new OutputEvent(4096, OutputEventKinds.Result, """{"step":"mine"}"""u8.ToArray())),
            new("0;1:4096;2", 2, new OutputEvent(8192, OutputEventKinds.End, """{"status":"succeeded"}"""u8.ToArray())),
        ];
        var rest = all.SkipWhile(item => after != "0" && item.Position != after).Skip(after == "0" ? 0 : 1);
        return Task.FromResult<Reply<SessionEventPage>>(new SessionEventPage([.. rest], _view with { EndedAt = _view.ExpiresAt, Status = SessionStatus.Expired, Cause = "ttl" }, 1, true));
    }

    public Task<Reply<StepView>> Interrupt(Caller caller, long sequence, CancellationToken cancellationToken = default) =>
        GetStep(caller, sequence, TimeSpan.Zero, cancellationToken);

    public Task<Reply<SessionSandbox>> Touch(Caller caller, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Recover(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such session.");

    private Task<Reply<SessionView>> View(Caller caller, Func<SessionView, SessionView> change)
    {
        if (Refuse(caller) is { } refusal)
            return Task.FromResult<Reply<SessionView>>(refusal);
        _view = change(_view!);
        return Task.FromResult<Reply<SessionView>>(_view);
    }

    private Refusal? Refuse(Caller caller) =>
        _view is null || caller.TenantId != _tenant ? NotFound : _ended ? new Refusal(RefusalCodes.SessionTerminated, "The session ended.") : null;
}
