namespace Sandbox.Client;

/// <summary>Shells of sessions, which live on when a connection ends.</summary>
public sealed class TerminalsClient
{
    private readonly Transport _transport;

    internal TerminalsClient(Transport transport) => _transport = transport;

    /// <summary>Opens a terminal, or comes back to one. It is tried once; opening it again is the caller's, with the offset that was reached.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Which terminal; null for the one that is called main.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TerminalConnection> OpenAsync(string session, TerminalOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new TerminalOptions();
        var query = new QueryText()
            .Add("terminal", options.Name).Add("shell", options.Shell).Add("from", options.From).Add("columns", options.Columns).Add("rows", options.Rows);
        return new TerminalConnection(await _transport.OpenSocket($"{SessionsClient.PathOf(session)}/terminal{query}", cancellationToken).ConfigureAwait(false));
    }
}

/// <summary>Which terminal.</summary>
public sealed record TerminalOptions
{
    /// <summary>Its name: 1 to 40 letters, digits, _ and -. Default: main.</summary>
    public string? Name { get; init; }

    /// <summary>Program of a new terminal. Default: bash.</summary>
    public string? Shell { get; init; }

    /// <summary>Bytes of output already seen. Left out: the last 256 KiB are sent.</summary>
    public long? From { get; init; }

    /// <summary>Its width in characters.</summary>
    public int? Columns { get; init; }

    /// <summary>Its height in lines.</summary>
    public int? Rows { get; init; }
}
