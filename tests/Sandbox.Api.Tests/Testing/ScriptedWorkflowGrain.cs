using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A workflow that keeps what it was told, and has ended at once.</summary>
internal sealed class ScriptedWorkflowGrain : Grain, IWorkflowGrain
{
    private WorkflowView? _view;
    private string? _fingerprint;

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such workflow.");

    public Task<Reply<WorkflowSubmission>> Submit(Caller caller, WorkflowSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (spec.Steps is [{ Id: "refused" }])
            return Task.FromResult<Reply<WorkflowSubmission>>(new Refusal(RefusalCodes.InvalidRequest, "Step 'refused': no.", "steps[0].dependsOn[0]"));
        var replayed = _view is not null;
        if (replayed && fingerprint != _fingerprint)
            return Task.FromResult<Reply<WorkflowSubmission>>(new Refusal(RefusalCodes.IdempotencyKeyReused, "Another request has this key."));
        _fingerprint = fingerprint;
        _view ??= View(caller, spec);
        return Task.FromResult<Reply<WorkflowSubmission>>(caller.TenantId == WellKnownTenants.Default || !replayed ? new WorkflowSubmission(_view, replayed) : NotFound);
    }

    public Task<Reply<WorkflowView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<WorkflowView>>(_view is not null && caller.TenantId == WellKnownTenants.Default ? _view : NotFound);

    public async Task<Reply<OutputEventPage>> ReadEvents(Caller caller, long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        var reply = await Get(caller, wait, cancellationToken);
        OutputEvent[] events = [Event(1, "status", """{"status":"running"}"""), Event(2, "step", """{"step":"a","status":"running"}"""), Event(3, "end", """{"status":"succeeded"}""")];
        return reply.Refusal is { } refusal ? refusal : new OutputEventPage([.. events.Where(entry => entry.Id > after)], Ended: true);
    }

    public Task<Reply<WorkflowView>> Cancel(Caller caller, CancellationToken cancellationToken = default) => Get(caller, TimeSpan.Zero, cancellationToken);

    public async Task<Reply<WorkflowView>> Delete(Caller caller, CancellationToken cancellationToken = default)
    {
        var reply = await Get(caller, TimeSpan.Zero, cancellationToken);
        if (reply.Value is not null)
            _view = null;
        return reply;
    }

    public Task Recover(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private static OutputEvent Event(long id, string kind, string json) => new(id, kind, Encoding.UTF8.GetBytes(json));

    // What the steps run is told in their details, so that tests see how it was read.
    private WorkflowView View(Caller caller, WorkflowSpec spec)
    {
        var at = DateTimeOffset.UnixEpoch.AddYears(50);
        return new WorkflowView(
            this.GetPrimaryKeyString(), spec.Name, WorkflowStatus.Succeeded, null,
            [.. spec.Steps.Select(step => new WorkflowStepView(
                step.Id, step.DependsOn, WorkflowStepStatus.Succeeded, null,
                $"{step.Job?.Code ?? step.Session?.Spec.Code} {step.Session?.Name} {step.MaxAttempts} {step.BackoffSeconds} {step.TimeoutSeconds} {step.When}",
                0, null, null, null, 1, step.AgentId ?? caller.AgentId, at, null, at))],
            new Dictionary<string, int> { ["succeeded"] = spec.Steps.Count }, spec.Memory, spec.OnFailure, caller.AgentId, spec.Metadata, at, at.AddSeconds(spec.TimeoutSeconds), at);
    }
}

/// <summary>Lists of workflows in memory.</summary>
internal sealed class MemoryWorkflowQueries : IWorkflowQueries
{
    /// <summary>Tenant and workflow, in any order.</summary>
    public List<(string Tenant, WorkflowView View)> Workflows { get; } = [];

    public static WorkflowView View(WorkflowStatus status, DateTimeOffset createdAt, params (string Key, string Value)[] labels) => new(
        WorkflowId.New().ToString(), "name", status, null, [], new Dictionary<string, int> { ["pending"] = 2 }, new Dictionary<string, string>(), FailureModes.Stop, "agent",
        labels.ToDictionary(label => label.Key, label => label.Value), createdAt, createdAt.AddHours(1), null);

    public Task<WorkflowPage> List(string tenantId, WorkflowFilter filter, WorkflowCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = Workflows
            .Where(entry => entry.Tenant == tenantId && (filter.Status is not { } status || entry.View.Status == status))
            .Where(entry => filter.Metadata.All(label => entry.View.Metadata.TryGetValue(label.Key, out var value) && value == label.Value))
            .Select(entry => entry.View)
            .OrderByDescending(view => view.CreatedAt)
            .Where(view => cursor is null || view.CreatedAt < cursor.CreatedAt)
            .ToList();
        var page = after.Take(limit).ToList();
        WorkflowId.TryParse(page.LastOrDefault()?.Id, out var last);
        return Task.FromResult(new WorkflowPage(page, after.Count > limit ? new WorkflowCursor(page[^1].CreatedAt, last) : null));
    }

    public Task<int> CountOpen(string tenantId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<WorkflowId> ListOpen(string node, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<WorkflowId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
