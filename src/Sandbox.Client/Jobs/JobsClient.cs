namespace Sandbox.Client;

/// <summary>Programs that run once, each in a fresh sandbox.</summary>
public sealed class JobsClient
{
    private const string Path = "v1/jobs";

    private readonly Transport _transport;

    internal JobsClient(Transport transport) => _transport = transport;

    /// <summary>Submits a job, once however often it has to be sent, and does not wait for it.</summary>
    /// <param name="request">The job.</param>
    /// <param name="idempotencyKey">A name for this call, so that repeating it gives the same job; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the job may have been submitted.</param>
    public Task<Reply<Job>> SubmitAsync(JobRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.JobRequest).Once(idempotencyKey), ClientJson.Default.Job, cancellationToken);

    /// <summary>Runs a job to its end. That its program fails is no error: its outcome is the answer.</summary>
    /// <param name="request">The job.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; the job goes on.</param>
    public async Task<Reply<Job>> RunAsync(JobRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var submission = new ApiRequest(HttpMethod.Post, $"{Path}?wait={_transport.WaitSeconds}").With(request, ClientJson.Default.JobRequest).Once(idempotencyKey);
        var reply = await _transport.Call(submission, ClientJson.Default.Job, cancellationToken).ConfigureAwait(false);
        return reply.Value.HasEnded ? reply : await WaitAsync(reply.Value.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The job as it stands.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Job>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Job, cancellationToken);

    /// <summary>The job when it has ended.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="cancellationToken">Gives up waiting; the job goes on.</param>
    public Task<Reply<Job>> WaitAsync(string id, CancellationToken cancellationToken = default) => Wait.Until(
        () => _transport.Call(new ApiRequest(HttpMethod.Get, $"{PathOf(id)}?wait={_transport.WaitSeconds}"), ClientJson.Default.Job, cancellationToken),
        static job => job.HasEnded);

    /// <summary>Jobs, newest first, without their output.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Job> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        Paging.Read(filter ?? new ListFilter(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="filter">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Job>>> ListPageAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (filter ?? new ListFilter()).Query()), ClientJson.Default.PageJob, cancellationToken);

    /// <summary>Ends a job that waits or runs.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Job>> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, PathOf(id) + "/cancel").Repeatable(), ClientJson.Default.Job, cancellationToken);

    /// <summary>Removes an ended job with its output and artifacts.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    /// <summary>What the job does, from its start to its end, over as many connections as it takes, without loss or repetition.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    /// <param name="cancellationToken">Gives up; the job goes on.</param>
    public IAsyncEnumerable<OutputEvent> FollowAsync(string id, string? after = null, CancellationToken cancellationToken = default) =>
        _transport.Follow(PathOf(id) + "/events", after, async token => (await GetAsync(id, token).ConfigureAwait(false)).Value.HasEnded, cancellationToken);

    /// <summary>One output stream of a job, byte for byte: what there is of it now.</summary>
    /// <param name="id">Id of the job.</param>
    /// <param name="stream"><see cref="OutputKind.Stdout"/> or <see cref="OutputKind.Stderr"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DownloadedContent> OpenOutputAsync(string id, string stream = OutputKind.Stdout, CancellationToken cancellationToken = default) =>
        new(await _transport.Open(new ApiRequest(HttpMethod.Get, $"{PathOf(id)}/{Segment.Of(stream)}"), cancellationToken).ConfigureAwait(false), stream);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}
