namespace Sandbox.Client;

/// <summary>Graphs of steps that depend on each other.</summary>
public sealed class WorkflowsClient
{
    private const string Path = "v1/workflows";

    private readonly Transport _transport;

    internal WorkflowsClient(Transport transport)
    {
        _transport = transport;
        Memory = new WorkflowMemoryClient(transport);
    }

    /// <summary>What the steps of a workflow share: JSON values by key.</summary>
    public WorkflowMemoryClient Memory { get; }

    /// <summary>Submits a workflow, once however often it has to be sent, and does not wait for it.</summary>
    /// <param name="request">The workflow.</param>
    /// <param name="idempotencyKey">A name for this call, so that repeating it gives the same workflow; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the workflow may have been submitted.</param>
    public Task<Reply<Workflow>> SubmitAsync(WorkflowRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        Submit(new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.WorkflowRequest), idempotencyKey, cancellationToken);

    /// <summary>Submits a workflow that is JSON already, as <c>POST /v1/workflows</c> takes it.</summary>
    /// <param name="json">The workflow as JSON in UTF-8.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the workflow may have been submitted.</param>
    public Task<Reply<Workflow>> SubmitJsonAsync(ReadOnlyMemory<byte> json, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        Submit(new ApiRequest(HttpMethod.Post, Path).WithJson(json), idempotencyKey, cancellationToken);

    /// <summary>The workflow as it stands, with its steps.</summary>
    /// <param name="id">Id of the workflow.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Workflow>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Workflow, cancellationToken);

    /// <summary>The workflow when it has ended.</summary>
    /// <param name="id">Id of the workflow.</param>
    /// <param name="cancellationToken">Gives up waiting; the workflow goes on.</param>
    public Task<Reply<Workflow>> WaitAsync(string id, CancellationToken cancellationToken = default) => Wait.Until(
        () => _transport.Call(new ApiRequest(HttpMethod.Get, $"{PathOf(id)}?wait={_transport.WaitSeconds}"), ClientJson.Default.Workflow, cancellationToken),
        static workflow => workflow.HasEnded);

    /// <summary>Workflows, newest first, without their steps.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Workflow> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        Paging.Read(filter ?? new ListFilter(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="filter">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Workflow>>> ListPageAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (filter ?? new ListFilter()).Query()), ClientJson.Default.PageWorkflow, cancellationToken);

    /// <summary>Stops a workflow with all that runs of it.</summary>
    /// <param name="id">Id of the workflow.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Workflow>> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, PathOf(id) + "/cancel").Repeatable(), ClientJson.Default.Workflow, cancellationToken);

    /// <summary>Removes an ended workflow with its memory; its jobs stay.</summary>
    /// <param name="id">Id of the workflow.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    /// <summary>What happens in a workflow, from its start to its end, without loss or repetition.</summary>
    /// <param name="id">Id of the workflow.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    /// <param name="cancellationToken">Gives up; the workflow goes on.</param>
    public IAsyncEnumerable<OutputEvent> FollowAsync(string id, string? after = null, CancellationToken cancellationToken = default) =>
        _transport.Follow(PathOf(id) + "/events", after, async token => (await GetAsync(id, token).ConfigureAwait(false)).Value.HasEnded, cancellationToken);

    /// <summary>The path of a workflow's resource.</summary>
    internal static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";

    private Task<Reply<Workflow>> Submit(ApiRequest request, string? key, CancellationToken cancellationToken) =>
        _transport.Call(request.Once(key), ClientJson.Default.Workflow, cancellationToken);
}
