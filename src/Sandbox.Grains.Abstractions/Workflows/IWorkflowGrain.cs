using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>
/// One workflow: a graph of steps that run when those before them have ended. Keyed by <see cref="WorkflowId"/>. No call lasts
/// as long as the workflow: start, then poll with a bounded wait.
/// </summary>
[Alias("sandbox.workflow")]
public interface IWorkflowGrain : IGrainWithStringKey
{
    /// <summary>Accepts the workflow, durably, or refuses it. Idempotent, as a job's submission is.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it shall do.</param>
    /// <param name="fingerprint">Hash of the request that made <paramref name="spec"/>.</param>
    /// <param name="cancellationToken">Cancels the call, not the workflow.</param>
    [Alias("submit")]
    Task<Reply<WorkflowSubmission>> Submit(Caller caller, WorkflowSpec spec, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>The workflow, after waiting at most <paramref name="wait"/> (10 s at most) for its end.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Reply<WorkflowView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Events with an id above <paramref name="after"/>, waiting at most <paramref name="wait"/> (10 s at most) for the first.</summary>
    [Alias("events"), AlwaysInterleave]
    Task<Reply<OutputEventPage>> ReadEvents(Caller caller, long after, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Stops it: nothing starts any more, and what runs is ended. One that has ended is left as it is.</summary>
    [Alias("cancel"), AlwaysInterleave]
    Task<Reply<WorkflowView>> Cancel(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Removes an ended workflow with its memory; its jobs stay. Answers with the workflow as it was.</summary>
    [Alias("delete")]
    Task<Reply<WorkflowView>> Delete(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Goes on with what an earlier process left unfinished. Harmless at any time.</summary>
    [Alias("recover")]
    Task Recover(CancellationToken cancellationToken = default);

    /// <summary>Removes the workflow if it ended before <paramref name="endedBefore"/>; true when it is gone.</summary>
    [Alias("expire")]
    Task<bool> Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default);
}
