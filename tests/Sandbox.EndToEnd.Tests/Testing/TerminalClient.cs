using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A terminal over its WebSocket.</summary>
internal sealed class TerminalClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly MemoryStream _bytes = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>The first message of the server.</summary>
    public JsonElement Ready { get; private set; }

    /// <summary>The last message of the server; undefined before it.</summary>
    public JsonElement Exit { get; private set; }

    /// <summary>Output so far, from the offset that ready tells.</summary>
    public byte[] Bytes => _bytes.ToArray();

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Where the next byte of output would be.</summary>
    public long Next => Ready.GetProperty("offset").GetInt64() + _bytes.Length;

    public static async Task<TerminalClient> Open(SessionClient session, CancellationToken cancellationToken, string query = "", string? origin = null)
    {
        var terminal = new TerminalClient();
        var credential = session.Http.DefaultRequestHeaders.Authorization!.ToString();
        terminal._socket.Options.SetRequestHeader("Authorization", credential);
        if (origin is not null)
            terminal._socket.Options.SetRequestHeader("Origin", origin);
        terminal._socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(new Uri(session.Http.BaseAddress!, $"{session.Path}/terminal")) { Scheme = "ws", Query = query };
        await terminal._socket.ConnectAsync(address.Uri, cancellationToken);
        await terminal.Until(() => terminal.Ready.ValueKind != JsonValueKind.Undefined, cancellationToken);
        return terminal;
    }

    /// <summary>A shell without prompt and echo, so that only what it was told to say is said.</summary>
    public static async Task<TerminalClient> Quiet(SessionClient session, CancellationToken cancellationToken, string query = "")
    {
        var terminal = await Open(session, cancellationToken, query);
        await terminal.Type("PS1=; stty -echo; bind 'set enable-bracketed-paste off'; echo rea''dy\n", cancellationToken);
        await terminal.Said("ready\r\n", cancellationToken);
        return terminal;
    }

    public Task Type(string text, CancellationToken cancellationToken) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    public Task Tell(object message, CancellationToken cancellationToken) =>
        _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    public Task Said(string text, CancellationToken cancellationToken) => Until(() => Text.Contains(text, StringComparison.Ordinal), cancellationToken);

    /// <summary>Reads until something holds; false when the socket closed before.</summary>
    public async Task<bool> Until(Func<bool> reached, CancellationToken cancellationToken)
    {
        while (!reached())
        {
            var got = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken).AsTask().WaitAsync(Eventually.Deadline, cancellationToken);
            if (got.MessageType == WebSocketMessageType.Close)
                return false;
            if (got.MessageType == WebSocketMessageType.Binary)
                _bytes.Write(_buffer, 0, got.Count);
            else
                Hear(JsonSerializer.Deserialize<JsonElement>(_buffer.AsSpan(0, got.Count)));
        }

        return true;
    }

    /// <summary>Reads to the end, however it comes.</summary>
    public async Task ToEnd(CancellationToken cancellationToken)
    {
        try
        {
            await Until(static () => false, cancellationToken);
        }
        catch (WebSocketException)
        {
            // The server is gone.
        }
    }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Hear(JsonElement message)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "ready":
                Ready = message;
                break;
            case "exit":
                Exit = message;
                break;
        }
    }
}
