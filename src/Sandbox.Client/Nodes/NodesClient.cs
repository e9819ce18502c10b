namespace Sandbox.Client;

/// <summary>The machines that run sandboxes; for operators.</summary>
public sealed class NodesClient
{
    private const string Path = "v1/nodes";

    private readonly Transport _transport;

    internal NodesClient(Transport transport) => _transport = transport;

    /// <summary>All nodes, in the order of their names.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Node> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.ReadOne(ListPageAsync, cancellationToken);

    /// <summary>All nodes, in the one page that there is.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Node>>> ListPageAsync(CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path), ClientJson.Default.PageNode, cancellationToken);

    /// <summary>The node as it stands.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Node>> GetAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(name)), ClientJson.Default.Node, cancellationToken);

    /// <summary>Lets a node take no new work; what it has goes on. It holds until the node is activated, also over a restart.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Node>> DrainAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, PathOf(name) + "/drain").Repeatable(), ClientJson.Default.Node, cancellationToken);

    /// <summary>Lets a drained node take work again.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Node>> ActivateAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Delete, PathOf(name) + "/drain"), ClientJson.Default.Node, cancellationToken);

    private static string PathOf(string name) => $"{Path}/{Segment.Of(name)}";
}
