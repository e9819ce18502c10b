using System.Net.WebSockets;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>A connection to a terminal. One may read and another write at the same time.</summary>
public sealed class TerminalConnection : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[BufferBytes];

    internal TerminalConnection(ClientWebSocket socket) => _socket = socket;

    /// <summary>Name of the terminal; null until the server has said it.</summary>
    public string? Name { get; private set; }

    /// <summary>Number of its command among those of the session; 0 until the server has said it.</summary>
    public long Command { get; private set; }

    /// <summary>Offset in the output of the next byte, to come back with; null until the server has said it.</summary>
    public long? Next { get; private set; }

    /// <summary>How the shell ended; null while it lives.</summary>
    public OutputEnd? End { get; private set; }

    /// <summary>The next bytes of output, which are good until the next call; null where the shell has ended or the connection was closed in good order.</summary>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    /// <exception cref="WebSocketException">The connection broke off.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var got = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                if (_socket.State == WebSocketState.CloseReceived)
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
                return null;
            }

            if (got.MessageType == WebSocketMessageType.Binary)
            {
                Next += got.Count;
                return _buffer.AsMemory(0, got.Count);
            }

            Take(JsonSerializer.Deserialize(_buffer.AsSpan(0, got.Count), ClientJson.Default.TerminalMessage));
            if (End is not null)
                return null;
            // Whoever reads learns where it is, also before there is output.
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <summary>Types.</summary>
    /// <param name="keys">The bytes.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellationToken = default) =>
        _socket.SendAsync(keys, WebSocketMessageType.Binary, true, cancellationToken);

    /// <summary>Says that the terminal has another size.</summary>
    /// <param name="columns">Its width in characters.</param>
    /// <param name="rows">Its height in lines.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    public ValueTask ResizeAsync(int columns, int rows, CancellationToken cancellationToken = default)
    {
        var message = new TerminalMessage { Type = "resize", Columns = columns, Rows = rows };
        return _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message, ClientJson.Default.TerminalMessage).AsMemory(), WebSocketMessageType.Text, true, cancellationToken);
    }

    /// <summary>Leaves; the shell lives on. Reading ends with null.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task LeaveAsync(CancellationToken cancellationToken = default) =>
        _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);

    /// <summary>Breaks the connection off; the shell lives on.</summary>
    public void Dispose() => _socket.Dispose();

    private void Take(TerminalMessage? message)
    {
        if (message is { Type: "ready" })
            (Name, Command) = (message.Terminal, message.Command ?? 0);
        if (message is { Type: "exit" })
        {
            var succeeded = message is { ExitCode: 0, Cause: null };
            End = new OutputEnd
            {
                Status = succeeded ? StepStatus.Succeeded : StepStatus.Failed, Cause = message.Cause, ExitCode = message.ExitCode, Signal = message.Signal,
            };
        }

        if (message is { Offset: { } offset })
            Next = offset;
    }
}
