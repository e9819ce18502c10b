namespace Sandbox.Client;

/// <summary>Sandboxes that live until their time is over, and keep variables and files from step to step.</summary>
public sealed class SessionsClient
{
    private const string Path = "v1/sessions";

    private readonly Transport _transport;

    internal SessionsClient(Transport transport)
    {
        _transport = transport;
        Steps = new StepsClient(transport);
        Commands = new CommandsClient(transport);
        Files = new FilesClient(transport);
        Terminals = new TerminalsClient(transport);
    }

    /// <summary>Code and commands that run one after the other.</summary>
    public StepsClient Steps { get; }

    /// <summary>Commands that run in the background.</summary>
    public CommandsClient Commands { get; }

    /// <summary>Files of sessions.</summary>
    public FilesClient Files { get; }

    /// <summary>Shells.</summary>
    public TerminalsClient Terminals { get; }

    /// <summary>Makes a session, once however often it has to be sent.</summary>
    /// <param name="request">What it is like; null for the server's defaults.</param>
    /// <param name="idempotencyKey">A name for this call, so that repeating it gives the same session; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the session may have been made.</param>
    public Task<Reply<Session>> CreateAsync(SessionRequest? request = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Post, Path).With(request ?? new SessionRequest(), ClientJson.Default.SessionRequest).Once(idempotencyKey),
            ClientJson.Default.Session,
            cancellationToken);

    /// <summary>The session as it stands.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Session>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Session, cancellationToken);

    /// <summary>Sessions, newest first, ended ones included.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Session> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        Paging.Read(filter ?? new ListFilter(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="filter">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Session>>> ListPageAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (filter ?? new ListFilter()).Query()), ClientJson.Default.PageSession, cancellationToken);

    /// <summary>Changes how long a session lives, counted from now, or its labels.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="change">What changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Session>> UpdateAsync(string id, SessionChange change, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Patch, PathOf(id)).With(change, ClientJson.Default.SessionChange), ClientJson.Default.Session, cancellationToken);

    /// <summary>Freezes a session: it keeps its memory and uses no processor.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Session>> PauseAsync(string id, CancellationToken cancellationToken = default) => Act(id, "pause", null, cancellationToken);

    /// <summary>Pauses a session to disk: it keeps its variables and uses no memory; isolation class strong.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Session>> SuspendAsync(string id, CancellationToken cancellationToken = default) =>
        Act(id, "pause", new PauseRequest("disk"), cancellationToken);

    /// <summary>Lets a paused session go on, as its next step does by itself.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Session>> ResumeAsync(string id, CancellationToken cancellationToken = default) => Act(id, "resume", null, cancellationToken);

    /// <summary>Ends a session: what runs in it is killed, its files go. Its steps stay readable.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task EndAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    /// <summary>Keeps the files of a session, or its memory as well, to begin new ones with.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="request">What is kept; null for the files alone.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the snapshot may have been made.</param>
    public Task<Reply<Snapshot>> SnapshotAsync(
        string id, SnapshotRequest? request = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) => _transport.Call(
            new ApiRequest(HttpMethod.Post, PathOf(id) + "/snapshot").With(request ?? new SnapshotRequest(), ClientJson.Default.SnapshotRequest).Once(idempotencyKey),
            ClientJson.Default.Snapshot,
            cancellationToken);

    /// <summary>Makes new sessions that begin as this one is now, all or none.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="request">How many, and whether with memory; null for one with the files.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the sessions may have been made.</param>
    public Task<Reply<ForkList>> ForkAsync(
        string id, ForkRequest? request = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) => _transport.Call(
            new ApiRequest(HttpMethod.Post, PathOf(id) + "/fork").With(request ?? new ForkRequest(), ClientJson.Default.ForkRequest).Once(idempotencyKey),
            ClientJson.Default.ForkList,
            cancellationToken);

    /// <summary>What happens in a session, all its steps side by side, to its end, without loss or repetition.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<OutputEvent> FollowAsync(string id, string? after = null, CancellationToken cancellationToken = default) =>
        _transport.Follow(PathOf(id) + "/events", after, async token => (await GetAsync(id, token).ConfigureAwait(false)).Value.EndedAt is not null, cancellationToken);

    /// <summary>What a session uses at this moment.</summary>
    /// <param name="id">Id of the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<SessionUsage>> GetUsageAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id) + "/metrics"), ClientJson.Default.SessionUsage, cancellationToken);

    /// <summary>The path of a session's resource.</summary>
    internal static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";

    private Task<Reply<Session>> Act(string id, string verb, PauseRequest? request, CancellationToken cancellationToken)
    {
        var message = new ApiRequest(HttpMethod.Post, $"{PathOf(id)}/{verb}").Repeatable();
        return _transport.Call(request is null ? message : message.With(request, ClientJson.Default.PauseRequest), ClientJson.Default.Session, cancellationToken);
    }
}

/// <summary>Where a paused session keeps its memory.</summary>
internal sealed record PauseRequest(string Memory);
