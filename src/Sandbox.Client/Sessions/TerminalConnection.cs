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
    /// <exception cref="SandboxException">The connection broke off.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        var length = 0;
        while (true)
        {
            var got = await Receive(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                if (_socket.State == WebSocketState.CloseReceived)
                    await LeaveAsync(cancellationToken).ConfigureAwait(false);
                return null;
            }

            if (got.MessageType == WebSocketMessageType.Binary)
            {
                Next += got.Count;
                return _buffer.AsMemory(0, got.Count);
            }

            // A message may come in pieces; one that does not fit is none that is known.
            length += got.Count;
            if (!got.EndOfMessage && length < _buffer.Length)
                continue;
            Take(Parse(_buffer.AsSpan(0, length)));
            if (End is not null)
                return null;
            // Whoever reads learns where it is, also before there is output.
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <summary>Types.</summary>
    /// <param name="keys">The bytes.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    /// <exception cref="SandboxException">The connection broke off.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> keys, CancellationToken cancellationToken = default) =>
        Send(keys, WebSocketMessageType.Binary, cancellationToken);

    /// <summary>Says that the terminal has another size.</summary>
    /// <param name="columns">Its width in characters.</param>
    /// <param name="rows">Its height in lines.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    /// <exception cref="SandboxException">The connection broke off.</exception>
    public ValueTask ResizeAsync(int columns, int rows, CancellationToken cancellationToken = default)
    {
        var message = new TerminalMessage { Type = "resize", Columns = columns, Rows = rows };
        return Send(JsonSerializer.SerializeToUtf8Bytes(message, ClientJson.Default.TerminalMessage), WebSocketMessageType.Text, cancellationToken);
    }

    /// <summary>Leaves; the shell lives on. Reading ends with null.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxException">The connection broke off.</exception>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            throw Lost(e);
        }
    }

    /// <summary>Breaks the connection off; the shell lives on.</summary>
    public void Dispose() => _socket.Dispose();

    private async ValueTask<ValueWebSocketReceiveResult> Receive(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            throw Lost(e);
        }
    }

    private async ValueTask Send(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(bytes, type, true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            throw Lost(e);
        }
    }

    private static bool IsLost(Exception e, CancellationToken cancellationToken) => e is WebSocketException || Retry.IsLostConnection(e, cancellationToken);

    private static SandboxException Lost(Exception e) =>
        new(SandboxFailure.ConnectionLost, $"The connection to the terminal broke off: {e.Message}", e);

    private static TerminalMessage? Parse(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, ClientJson.Default.TerminalMessage);
        }
        catch (JsonException e)
        {
            throw new SandboxException(SandboxFailure.UnknownAnswer, "The terminal said something that is not Sandbox's interface.", e);
        }
    }

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
