namespace Sandbox.Client;

/// <summary>Commands that run in a session's background, terminals included.</summary>
public sealed class CommandsClient
{
    private readonly Transport _transport;

    internal CommandsClient(Transport transport) => _transport = transport;

    /// <summary>Starts a command, once however often it has to be sent.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="request">The command.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the command may have been started.</param>
    public Task<Reply<BackgroundCommand>> StartAsync(
        string session, CommandRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) => _transport.Call(
            new ApiRequest(HttpMethod.Post, SessionsClient.PathOf(session) + "/commands").With(request, ClientJson.Default.CommandRequest).Once(idempotencyKey),
            ClientJson.Default.BackgroundCommand,
            cancellationToken);

    /// <summary>The command as it stands.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="number">Number of the command.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<BackgroundCommand>> GetAsync(string session, long number, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(session, number)), ClientJson.Default.BackgroundCommand, cancellationToken);

    /// <summary>The command when it has ended.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="number">Number of the command.</param>
    /// <param name="cancellationToken">Gives up waiting; the command goes on.</param>
    public Task<Reply<BackgroundCommand>> WaitAsync(string session, long number, CancellationToken cancellationToken = default) => Wait.Until(
        () => _transport.Call(new ApiRequest(HttpMethod.Get, $"{PathOf(session, number)}?wait={_transport.WaitSeconds}"), ClientJson.Default.BackgroundCommand, cancellationToken),
        static command => command.HasEnded);

    /// <summary>Commands in order, ended ones included.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Where to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<BackgroundCommand> ListAsync(string session, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), (at, token) => ListPageAsync(session, at, token), cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Where to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<BackgroundCommand>>> ListPageAsync(string session, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Get, $"{SessionsClient.PathOf(session)}/commands{(options ?? new ListOptions()).Query()}"),
            ClientJson.Default.PageBackgroundCommand,
            cancellationToken);

    /// <summary>A part of the output, byte for byte, at most 1 MiB.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="number">Number of the command.</param>
    /// <param name="stream"><see cref="OutputKind.Stdout"/>, <see cref="OutputKind.Stderr"/>, or both in the order of their coming.</param>
    /// <param name="from">Bytes of the stream to pass over.</param>
    /// <param name="wait">How long to wait for the first byte, at most a minute; null for not at all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<OutputPart> ReadOutputAsync(
        string session, long number, string stream = "both", long from = 0, TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        var query = new QueryText().Add("stream", stream).Add("from", from).Add("wait", wait);
        return _transport.Fetch(new ApiRequest(HttpMethod.Get, $"{PathOf(session, number)}/output{query}"), OutputPart.Read, cancellationToken);
    }

    /// <summary>What the command does, from its start, or from what is still kept, to its end, without loss or repetition.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="number">Number of the command.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    /// <param name="cancellationToken">Gives up; the command goes on.</param>
    public IAsyncEnumerable<OutputEvent> FollowAsync(string session, long number, string? after = null, CancellationToken cancellationToken = default) =>
        _transport.Follow(PathOf(session, number) + "/events", after, async token => (await GetAsync(session, number, token).ConfigureAwait(false)).Value.HasEnded, cancellationToken);

    /// <summary>Gives a command input, which was started with its standard input kept open.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="number">Number of the command.</param>
    /// <param name="input">The bytes.</param>
    /// <param name="offset">Bytes of input before these, so that a call that is repeated gives none twice. Left out, it is sent once.</param>
    /// <param name="close">Whether the input ends with it.</param>
    /// <param name="cancellationToken">Gives up; a part may have been given.</param>
    public Task<Reply<CommandInput>> WriteInputAsync(
        string session, long number, Stream input, long? offset = null, bool close = false, CancellationToken cancellationToken = default)
    {
        var query = new QueryText().Add("offset", offset).Add("close", close);
        var request = new ApiRequest(HttpMethod.Post, $"{PathOf(session, number)}/stdin{query}").With(input, "application/octet-stream");
        return _transport.Call(offset is null ? request : request.Repeatable(), ClientJson.Default.CommandInput, cancellationToken);
    }

    /// <summary>Sends a signal to a command's processes, once; SIGKILL ends them all.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="number">Number of the command.</param>
    /// <param name="signal">Name of the signal.</param>
    /// <param name="cancellationToken">Gives up; it may have been sent.</param>
    public Task<Reply<BackgroundCommand>> SignalAsync(string session, long number, string signal = "SIGTERM", CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Post, PathOf(session, number) + "/signal").With(new SignalRequest(signal), ClientJson.Default.SignalRequest),
            ClientJson.Default.BackgroundCommand,
            cancellationToken);

    private static string PathOf(string session, long number) => FormattableString.Invariant($"{SessionsClient.PathOf(session)}/commands/{number}");
}

/// <summary>A signal to send.</summary>
internal sealed record SignalRequest(string Signal);
