using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>
/// One session. Owns its state machine and its sandbox; keyed by <see cref="SessionId"/>. No call lasts as long as a step:
/// start, then poll with a bounded wait. After the end every member but those that read steps refuses with what ended it.
/// </summary>
[Alias("sandbox.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Makes the session with its sandbox, durably, or refuses it. Idempotent, as a job's submission is.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it shall be.</param>
    /// <param name="fingerprint">Hash of the request that made <paramref name="spec"/>.</param>
    /// <param name="cancellationToken">Cancels the call, not the session.</param>
    [Alias("create"), ResponseTimeout("00:15:00")]
    Task<Reply<SessionCreation>> Create(Caller caller, SessionSpec spec, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>The session.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Reply<SessionView>> Get(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>What its sandbox uses. Looking is no use of it: it neither wakes nor counts as work.</summary>
    [Alias("measure"), AlwaysInterleave]
    Task<Reply<SessionMetrics>> Measure(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Changes how long it lives, and its labels.</summary>
    [Alias("update")]
    Task<Reply<SessionView>> Update(Caller caller, SessionChange change, CancellationToken cancellationToken = default);

    /// <summary>Ends it; what runs in it is killed.</summary>
    [Alias("end")]
    Task<Reply<SessionView>> End(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Freezes it: no processor time, memory kept. A paused one is left as it is.</summary>
    [Alias("pause")]
    Task<Reply<SessionView>> Pause(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Pauses it to disk: its sandbox is saved with its memory, encrypted, and destroyed. Refused while something runs in it.</summary>
    [Alias("suspend"), ResponseTimeout("00:15:00")]
    Task<Reply<SessionView>> Suspend(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Makes new sessions that begin as this one is now, all or none. It goes on as before.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What they shall be.</param>
    /// <param name="idempotencyKey">Key under which a repeated request is known; null for none.</param>
    /// <param name="fingerprint">Hash of the request, with a key.</param>
    /// <param name="cancellationToken">Ends it; none remains.</param>
    [Alias("fork"), AlwaysInterleave, ResponseTimeout("00:15:00")]
    Task<Reply<SessionForks>> Fork(Caller caller, ForkSpec spec, string? idempotencyKey, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>Lets a paused one go on.</summary>
    [Alias("resume")]
    Task<Reply<SessionView>> Resume(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a step, or lets it wait for those before it in its context, and answers when it has ended or the wait (10 s at
    /// most) is over; the step is durable then.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What to run.</param>
    /// <param name="idempotencyKey">Key under which a repeated request is known; null for none.</param>
    /// <param name="fingerprint">Hash of the request, with a key.</param>
    /// <param name="wait">How long to wait for its end.</param>
    /// <param name="cancellationToken">Cancels the call, not the step.</param>
    [Alias("step"), AlwaysInterleave]
    Task<Reply<StepSubmission>> RunStep(
        Caller caller, StepSpec spec, string? idempotencyKey, string? fingerprint, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>A step, after waiting at most <paramref name="wait"/> (10 s at most) for its end.</summary>
    [Alias("get_step"), AlwaysInterleave]
    Task<Reply<StepView>> GetStep(Caller caller, long sequence, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Steps with a number above <paramref name="after"/>, in order.</summary>
    [Alias("steps"), AlwaysInterleave]
    Task<Reply<StepPage>> ListSteps(Caller caller, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Events of a step with an id above <paramref name="after"/>, waiting at most <paramref name="wait"/> (10 s at most) for the first.</summary>
    [Alias("step_events"), AlwaysInterleave]
    Task<Reply<OutputEventPage>> ReadStepEvents(Caller caller, long sequence, long after, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>
    /// Events of all steps after a position, waiting at most <paramref name="wait"/> (10 s at most) for the first, or for a
    /// change of the session. Works after its end as well.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="after">Text of a <see cref="SessionPosition"/>.</param>
    /// <param name="version"><see cref="SessionEventPage.Version"/> of the page before; 0 for the first one.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("events"), AlwaysInterleave]
    Task<Reply<SessionEventPage>> ReadEvents(Caller caller, string after, long version, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Interrupts a step; its kernel keeps its state. One that waits does not start; one that has ended is left as it is.</summary>
    [Alias("interrupt"), AlwaysInterleave]
    Task<Reply<StepView>> Interrupt(Caller caller, long sequence, CancellationToken cancellationToken = default);

    /// <summary>Counts as work, for the idle bound, and says which sandbox serves the session's files; resumes a paused one.</summary>
    [Alias("touch"), AlwaysInterleave]
    Task<Reply<SessionSandbox>> Touch(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Takes up what an earlier process left: attaches to the sandbox, or ends the session as lost. Harmless at any time.</summary>
    [Alias("recover")]
    Task Recover(CancellationToken cancellationToken = default);

    /// <summary>Ends the session if its time is over, and removes it if it ended before <paramref name="endedBefore"/>.</summary>
    [Alias("expire")]
    Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default);
}

/// <summary>Where a session's sandbox is.</summary>
/// <param name="SandboxId">The sandbox.</param>
/// <param name="Node">Its node.</param>
/// <param name="Branch">What the names of the session's executions end with there; null for nothing.</param>
/// <param name="Process">Name of the process of that node that holds it, where the bytes of its files go through.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.sandbox")]
public sealed record SessionSandbox([property: Id(0)] string SandboxId, [property: Id(1)] string Node, [property: Id(2)] string? Branch = null, [property: Id(3)] string Process = "");
