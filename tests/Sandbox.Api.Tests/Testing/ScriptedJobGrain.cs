using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A job grain that keeps its contract towards callers and does as its script says.</summary>
internal sealed class ScriptedJobGrain(ScriptedJobs jobs) : Grain, IJobGrain
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private string Id => this.GetPrimaryKeyString();

    public Task<Reply<JobSubmission>> Submit(Caller caller, JobSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (jobs.Find(Id) is not { } script)
        {
            JobId.TryParse(Id, out var id);
            script = jobs.Add(Id, ScriptedJobs.NewView(id, JobStatus.Queued, spec));
            script.Submitted = (caller, spec, fingerprint);
            if (spec.Metadata.TryGetValue("script", out var name))
                jobs.OnSubmit[name](script);
            ThrowIfTold(script);
            return Reply(script, script => new JobSubmission(script.View, false));
        }
        ThrowIfTold(script);
        if (script.Submitted?.Fingerprint != fingerprint)
            return Task.FromResult<Reply<JobSubmission>>(new Refusal(RefusalCodes.IdempotencyKeyReused, "Another request has this key."));
        return Reply(script, script => new JobSubmission(script.View, true));
    }

    public async Task<Reply<JobView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Assert.InRange(wait, TimeSpan.Zero, Longest);
        if (Find(caller) is not { } script)
            return NotFound();
        lock (script.Waits)
            script.Waits.Add(wait);
        ThrowIfTold(script);
        if (wait > TimeSpan.Zero && !script.NeverWaits)
            await script.UntilChanged(wait, () => script.View.Status >= JobStatus.Succeeded, cancellationToken);
        return await Reply(script, script => script.View);
    }

    public async Task<Reply<OutputEventPage>> ReadEvents(Caller caller, long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Assert.InRange(wait, TimeSpan.Zero, Longest);
        if (Find(caller) is not { } script)
            return NotFound();
        lock (script.ReadsAfter)
            script.ReadsAfter.Add(after);
        ThrowIfTold(script);
        if (wait > TimeSpan.Zero && !script.NeverWaits)
            await script.UntilChanged(wait, () => script.Page(after) is { Events.Count: > 0 } or { Ended: true }, cancellationToken);
        ThrowIfTold(script);
        return await Reply(script, script => script.Page(after));
    }

    public Task<Reply<JobView>> Cancel(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Find(caller) is not { } script)
            return Task.FromResult<Reply<JobView>>(NotFound());
        script.Change(view => view.Status >= JobStatus.Succeeded ? view : view with { Status = JobStatus.Cancelled, Cause = JobCauses.Cancelled });
        return Reply(script, script => script.View);
    }

    public Task<Reply<JobView>> Delete(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Find(caller) is not { } script)
            return Task.FromResult<Reply<JobView>>(NotFound());
        if (script.View.Status < JobStatus.Succeeded)
            return Task.FromResult<Reply<JobView>>(new Refusal(RefusalCodes.JobNotEnded, "The job runs."));
        jobs.Remove(Id);
        return Reply(script, script => script.View);
    }

    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task<bool> Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) => Task.FromResult(false);

    private static Refusal NotFound() => new(RefusalCodes.NotFound, "There is no such job.");

    private static void ThrowIfTold(JobScript script)
    {
        if (script.Fault is { } fault)
            throw fault();
    }

    private static Task<Reply<T>> Reply<T>(JobScript script, Func<JobScript, T> answer)
        where T : class =>
        Task.FromResult<Reply<T>>(script.Refusal is { } refusal ? refusal : answer(script));

    private JobScript? Find(Caller caller) => caller.TenantId == WellKnownTenants.Default ? jobs.Find(Id) : null;
}
