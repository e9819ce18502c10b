namespace Sandbox.Client;

/// <summary>Kept sessions, to begin new ones with; <see cref="SessionsClient.SnapshotAsync"/> makes one.</summary>
public sealed class SnapshotsClient
{
    private const string Path = "v1/snapshots";

    private readonly Transport _transport;

    internal SnapshotsClient(Transport transport) => _transport = transport;

    /// <summary>What is known of a snapshot.</summary>
    /// <param name="id">Id of the snapshot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Snapshot>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Snapshot, cancellationToken);

    /// <summary>Snapshots, newest first.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Snapshot> ListAsync(SnapshotFilter? filter = null, CancellationToken cancellationToken = default) =>
        Paging.Read(filter ?? new SnapshotFilter(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="filter">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Snapshot>>> ListPageAsync(SnapshotFilter? filter = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (filter ?? new SnapshotFilter()).Query()), ClientJson.Default.PageSnapshot, cancellationToken);

    /// <summary>Removes a snapshot; sessions that began with it stay.</summary>
    /// <param name="id">Id of the snapshot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}

/// <summary>Which snapshots.</summary>
public sealed record SnapshotFilter : ListOptions
{
    /// <summary>Only those of this session.</summary>
    public string? SessionId { get; init; }

    /// <summary>Only those with all of these labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    internal override QueryText Query() => base.Query().Add("sessionId", SessionId).Add("metadata.", Metadata);
}
