using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>
/// One job. Owns its state machine and its sandbox; keyed by <see cref="JobId"/>.
/// No call lasts as long as the job: start, then poll with a bounded wait.
/// </summary>
[Alias("sandbox.job")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>
    /// Accepts the job, durably, or refuses it. Idempotent: a second submission to the same grain answers with the
    /// first one's job when <paramref name="fingerprint"/> is the same and is refused otherwise.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What to run.</param>
    /// <param name="fingerprint">Hash of the request that made <paramref name="spec"/>.</param>
    /// <param name="cancellationToken">Cancels the call, not the job.</param>
    [Alias("submit")]
    Task<Reply<JobSubmission>> Submit(Caller caller, JobSpec spec, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>The job, after waiting at most <paramref name="wait"/> (10 s at most) for its end.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Reply<JobView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Events with an id above <paramref name="after"/>, waiting at most <paramref name="wait"/> (10 s at most) for the first.</summary>
    [Alias("events"), AlwaysInterleave]
    Task<Reply<OutputEventPage>> ReadEvents(Caller caller, long after, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Ends the job in whatever state it is; an ended one is left as it is.</summary>
    [Alias("cancel")]
    Task<Reply<JobView>> Cancel(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Removes an ended job with its output and artifacts; answers with the job as it was.</summary>
    [Alias("delete")]
    Task<Reply<JobView>> Delete(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes up what an earlier process left unfinished: attaches to the sandbox, queues again, or ends the job as lost.
    /// Harmless at any time.
    /// </summary>
    [Alias("recover")]
    Task Recover(CancellationToken cancellationToken = default);

    /// <summary>Removes the job if it ended before <paramref name="endedBefore"/>; true when it is gone.</summary>
    [Alias("expire")]
    Task<bool> Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default);
}
