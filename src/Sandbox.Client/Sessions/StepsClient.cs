namespace Sandbox.Client;

/// <summary>Code and commands in a session. Steps of one context run in order and share variables.</summary>
public sealed class StepsClient
{
    private readonly Transport _transport;

    internal StepsClient(Transport transport) => _transport = transport;

    /// <summary>Starts a step, once however often it has to be sent, and does not wait for it.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="request">The step.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the step may have been started.</param>
    public Task<Reply<Step>> StartAsync(string session, StepRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        Start(session, request, idempotencyKey, 0, cancellationToken);

    /// <summary>Runs a step to its end. That its code fails is no error: its outcome is the answer.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="request">The step.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; the step goes on.</param>
    public async Task<Reply<Step>> RunAsync(string session, StepRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var reply = await Start(session, request, idempotencyKey, _transport.WaitSeconds, cancellationToken).ConfigureAwait(false);
        return reply.Value.HasEnded ? reply : await WaitAsync(session, reply.Value.Sequence, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The step as it stands.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="sequence">Number of the step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Step>> GetAsync(string session, long sequence, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(session, sequence)), ClientJson.Default.Step, cancellationToken);

    /// <summary>The step when it has ended.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="sequence">Number of the step.</param>
    /// <param name="cancellationToken">Gives up waiting; the step goes on.</param>
    public Task<Reply<Step>> WaitAsync(string session, long sequence, CancellationToken cancellationToken = default) => Wait.Until(
        () => _transport.Call(new ApiRequest(HttpMethod.Get, $"{PathOf(session, sequence)}?wait={_transport.WaitSeconds}"), ClientJson.Default.Step, cancellationToken),
        static step => step.HasEnded);

    /// <summary>Steps in order, without their output.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Where to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Step> ListAsync(string session, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), (at, token) => ListPageAsync(session, at, token), cancellationToken);

    /// <summary>One page of the list. Its cursor is the number of the step before.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Where to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Step>>> ListPageAsync(string session, ListOptions? options = null, CancellationToken cancellationToken = default) => _transport.Call(
        new ApiRequest(HttpMethod.Get, $"{SessionsClient.PathOf(session)}/steps{(options ?? new ListOptions()).Query()}"), ClientJson.Default.PageStep, cancellationToken);

    /// <summary>What the step does, from its start to its end, without loss or repetition.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="sequence">Number of the step.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    /// <param name="cancellationToken">Gives up; the step goes on.</param>
    public IAsyncEnumerable<OutputEvent> FollowAsync(string session, long sequence, string? after = null, CancellationToken cancellationToken = default) =>
        _transport.Follow(PathOf(session, sequence) + "/events", after, async token => (await GetAsync(session, sequence, token).ConfigureAwait(false)).Value.HasEnded, cancellationToken);

    /// <summary>Interrupts a step, as a signal does that is sent once; the variables stay.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="sequence">Number of the step.</param>
    /// <param name="cancellationToken">Gives up; it may have been sent.</param>
    public Task<Reply<Step>> InterruptAsync(string session, long sequence, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, PathOf(session, sequence) + "/interrupt"), ClientJson.Default.Step, cancellationToken);

    private Task<Reply<Step>> Start(string session, StepRequest request, string? key, int wait, CancellationToken cancellationToken) => _transport.Call(
        new ApiRequest(HttpMethod.Post, $"{SessionsClient.PathOf(session)}/steps?wait={wait}").With(request, ClientJson.Default.StepRequest).Once(key),
        ClientJson.Default.Step,
        cancellationToken);

    private static string PathOf(string session, long sequence) => FormattableString.Invariant($"{SessionsClient.PathOf(session)}/steps/{sequence}");
}
