using System.Net.WebSockets;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>
/// One WebSocket on a terminal. What it sends is read for it alone, so that one that reads slowly holds up neither the shell
/// nor another one; what it has missed when that is not kept any more, it is told. The shell lives on when it closes.
/// </summary>
/// <param name="line">The terminal.</param>
/// <param name="command">The shell's command, as it was found.</param>
/// <param name="from">Where its output begins; null for the last part of it.</param>
internal sealed class TerminalSocket(TerminalLine line, CommandView command, long? from) : IResult
{
    private const int ReplayBytes = 256 * 1024;
    private const int MessageBytes = 64 * 1024;
    private const int MostControlBytes = 1024;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sending = new(1);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var socket = await httpContext.WebSockets.AcceptWebSocketAsync();
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var sending = Ended(SendOutput(socket, over.Token), over);
        var receiving = Ended(Receive(socket, over.Token), over);
        var status = await await Task.WhenAny(sending, receiving);
        await Close(socket, stopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable : status);
        // The client answers when it has read all; to break off before would lose it what is on its way.
        await Task.WhenAny(receiving, Task.Delay(CloseTimeout, stopping));
        await over.CancelAsync();
        await Task.WhenAll(sending, receiving);
    }

    // The end of either is the end of both; a connection that broke, or a silo that is gone, only means that the client comes again.
    private static async Task<WebSocketCloseStatus> Ended(Task<WebSocketCloseStatus> work, CancellationTokenSource over)
    {
        try
        {
            return await work;
        }
        catch (Exception fault) when (over.IsCancellationRequested || fault is WebSocketException || FaultHandler.IsTransient(fault))
        {
            return WebSocketCloseStatus.EndpointUnavailable;
        }
    }

    private async Task<WebSocketCloseStatus> SendOutput(WebSocket socket, CancellationToken cancellationToken)
    {
        var next = from ?? Math.Max(0, command.StdoutBytes - ReplayBytes);
        var isReady = false;
        while (true)
        {
            var reply = await line.Read(next, isReady ? LongPoll.Round : TimeSpan.Zero, cancellationToken);
            // Removed meanwhile, with its session.
            if (reply.Value is not { } part)
                return WebSocketCloseStatus.NormalClosure;
            if (!isReady)
                await Tell(socket, new TerminalMessage { Type = TerminalMessage.Ready, Terminal = command.Terminal, Command = command.Number, Offset = part.Start }, cancellationToken);
            else if (part.Start > next)
                await Tell(socket, new TerminalMessage { Type = TerminalMessage.Dropped, Offset = part.Start }, cancellationToken);
            isReady = true;
            if (part.Data.Length > 0)
                await Send(socket, part.Data, WebSocketMessageType.Binary, cancellationToken);
            next = part.Next;
            if (part.Ended)
                break;
        }

        var end = (await line.Get(cancellationToken)).Value;
        await Tell(socket, new TerminalMessage { Type = TerminalMessage.Exit, ExitCode = end?.ExitCode, Signal = end?.Signal, Cause = end?.Cause }, cancellationToken);
        return WebSocketCloseStatus.NormalClosure;
    }

    private async Task<WebSocketCloseStatus> Receive(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[MessageBytes];
        var control = new MemoryStream();
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            switch (got.MessageType)
            {
                case WebSocketMessageType.Close:
                    return WebSocketCloseStatus.NormalClosure;
                case WebSocketMessageType.Binary:
                    // Of one that has ended, the output tells the end.
                    await line.Type(new MemoryStream(buffer, 0, got.Count, writable: false), cancellationToken);
                    break;
                default:
                    if (control.Length + got.Count > MostControlBytes)
                        return WebSocketCloseStatus.MessageTooBig;
                    control.Write(buffer, 0, got.Count);
                    if (!got.EndOfMessage)
                        break;
                    if (!await Obey(control.ToArray(), cancellationToken))
                        return WebSocketCloseStatus.InvalidPayloadData;
                    control.SetLength(0);
                    break;
            }
        }
    }

    private async Task<bool> Obey(byte[] text, CancellationToken cancellationToken)
    {
        try
        {
            var message = JsonSerializer.Deserialize(text, ApiJson.Default.TerminalMessage);
            if (message is not { Type: TerminalMessage.Resize, Columns: >= 1 and <= CommandTerminal.Most and var columns, Rows: >= 1 and <= CommandTerminal.Most and var rows })
                return false;
            await line.Resize(columns, rows, cancellationToken);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private Task Tell(WebSocket socket, TerminalMessage message, CancellationToken cancellationToken) =>
        Send(socket, JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Default.TerminalMessage), WebSocketMessageType.Text, cancellationToken);

    // One message at a time, and none behind the closing one.
    private async Task Send(WebSocket socket, byte[] bytes, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(bytes, type, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    // A client that does not read does not get to know.
    private async Task Close(WebSocket socket, WebSocketCloseStatus status)
    {
        using var limit = new CancellationTokenSource(CloseTimeout);
        try
        {
            await _sending.WaitAsync(limit.Token);
            await socket.CloseOutputAsync(status, null, limit.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException)
        {
            socket.Abort();
        }
    }
}
