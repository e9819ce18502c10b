using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Sandbox.Cli.Client;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>What to open.</summary>
/// <param name="Session">The session.</param>
/// <param name="Terminal">Name of the terminal; null for the server's choice.</param>
/// <param name="Shell">Program of a new terminal; null for the server's choice.</param>
internal sealed record ShellTarget(string Session, string? Terminal, string? Shell);

/// <summary>
/// A shell of a session on the terminal of this process. A connection that breaks is made anew, from the byte after the last
/// that was seen; the shell knows nothing of it.
/// </summary>
internal sealed class ShellRunner(SessionCalls sessions, CliConsole console, ShellTarget target)
{
    private const int ReadBytes = 16 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // Keys that were typed while there is no connection wait; more than a screen of them is a mistake.
    private readonly Channel<byte[]> _typed = Channel.CreateBounded<byte[]>(64);
    private string? _terminal = target.Terminal;
    private long? _next;
    private long _command;
    private bool _detached;
    private volatile bool _resized;
    private CancellationTokenSource _wake = new();

    public async Task<int> Run(CancellationToken interrupted)
    {
        // A session that is not there is told in words, which a refused socket has none of.
        await sessions.Get(target.Session, interrupted);
        using var raw = RawTerminal.Enter();
        using var resize = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ =>
        {
            _resized = true;
            Wake();
        });
        if (raw is not null)
            console.ErrorText.Write("Ctrl-] leaves the shell running.\r\n");
        StartReading(raw?.Keys ?? console.Input, ends: raw is null);
        var lastNews = console.Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (end, heard) = await Attend(interrupted);
            if (end is not null)
                return Over(end);
            if (_detached)
                return Left();
            if (heard)
                (attempt, lastNews) = (1, console.Time.GetTimestamp());
            else if (console.Time.GetElapsedTime(lastNews) > s_patience)
                throw new CliException($"the connection to the server was lost. The shell may go on: sandbox session shell {target.Session}");
            await Task.Delay(Retry.Delay(attempt), console.Time, interrupted);
            if (await EndMeanwhile(interrupted) is { } missed)
                return Over(missed);
        }
    }

    /// <summary>The end of the shell, where it came while there was no connection: another one must not be started in its place.</summary>
    private async Task<TerminalMessage?> EndMeanwhile(CancellationToken interrupted)
    {
        try
        {
            var command = (await sessions.GetCommand(target.Session, _command, interrupted)).Value;
            if (!command.HasEnded)
                return null;
            _next = await new CommandLog(sessions, console).Show(target.Session, _command, "stdout", _next ?? 0, follow: true, interrupted);
            return new TerminalMessage("exit", ExitCode: command.ExitCode, Signal: command.Signal, Cause: command.Cause);
        }
        catch (CliException e) when (e is not ApiException { Status: var status } || Retry.IsPassing(status))
        {
            // No server answers yet.
            return null;
        }
    }

    /// <summary>One connection, to its end: the shell's end where that was it, and whether anything came.</summary>
    private async Task<(TerminalMessage? End, bool Heard)> Attend(CancellationToken interrupted)
    {
        var heard = false;
        try
        {
            using var socket = await sessions.OpenTerminal(PathOf(), interrupted);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
            var typing = SendTyped(socket, over.Token);
            try
            {
                return (await Show(socket, () => heard = true, interrupted), heard);
            }
            finally
            {
                await over.CancelAsync();
                await typing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception e) when (e is WebSocketException || Retry.IsLostConnection(e, interrupted))
        {
            // A server that never answered is for the person to see, and not to be waited for.
            if (_next is null && !_detached)
                throw new CliException($"the terminal could not be opened: {e.Message}");
            return (null, heard);
        }
    }

    private async Task<TerminalMessage?> Show(ClientWebSocket socket, Action onNews, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                if (socket.State == WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                return null;
            }

            onNews();
            if (got.MessageType == WebSocketMessageType.Binary)
            {
                await Write(buffer.AsMemory(0, got.Count), cancellationToken);
                _next += got.Count;
                continue;
            }

            var message = JsonSerializer.Deserialize(buffer.AsSpan(0, got.Count), Wire.Default.TerminalMessage);
            if (message is { Type: "exit" })
                return message;
            if (message is { Type: "ready" })
                (_terminal, _command) = (message.Terminal, message.Command ?? 0);
            if (message is { Offset: { } offset })
                _next = offset;
        }
    }

    private async Task SendTyped(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _resized;
            _resized = false;
            if (changed && RawTerminal.Size() is var (columns, rows))
            {
                var message = new TerminalMessage("resize", Columns: columns, Rows: rows);
                await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, Wire.Default.TerminalMessage), WebSocketMessageType.Text, true, cancellationToken);
            }

            // Looked at and only then taken: what is not sent goes with the next connection.
            if (!_typed.Reader.TryPeek(out var keys))
            {
                if (!await WaitForKeys(cancellationToken))
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                continue;
            }

            var (bytes, detached) = TerminalKeys.Split(keys);
            if (bytes.Length > 0)
                await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, cancellationToken);
            _typed.Reader.TryRead(out _);
            if (!detached)
                continue;
            _detached = true;
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            return;
        }
    }

    // Keys, or another size. False where no keys will come any more, and it was not the size that changed.
    private async Task<bool> WaitForKeys(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Volatile.Read(ref _wake).Token);
        try
        {
            return _resized || await _typed.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private void Wake() => Interlocked.Exchange(ref _wake, new CancellationTokenSource()).Cancel();

    // A thread of its own: a read of a terminal cannot be cancelled, and must not hold up the end of the process.
    private void StartReading(Stream keys, bool ends) => new Thread(() =>
    {
        var buffer = new byte[ReadBytes];
        try
        {
            while (keys.Read(buffer) is > 0 and var count)
                _typed.Writer.WriteAsync(buffer[..count]).AsTask().Wait();
            if (ends)
                _typed.Writer.WriteAsync([TerminalKeys.EndOfInput]).AsTask().Wait();
        }
        catch (IOException)
        {
            // The terminal is gone; the shell stays.
        }

        _typed.Writer.TryComplete();
    }) { IsBackground = true, Name = "keys" }.Start();

    private async Task Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await console.Output.WriteAsync(bytes, cancellationToken);
            await console.Output.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new BrokenPipeException(e);
        }
    }

    private int Over(TerminalMessage end)
    {
        if (end.Cause is { } cause and not ("exit_code" or "signal"))
            console.ErrorText.Write($"\r\nsandbox: the shell ended: {Printable.Line(cause)}\r\n");
        return ExitCodes.Of(new EndData(end is { ExitCode: 0, Cause: null } ? "succeeded" : "failed", end.Cause, end.ExitCode, end.Signal));
    }

    private int Left()
    {
        var name = _terminal is null or "main" ? string.Empty : $" --terminal {_terminal}";
        console.ErrorText.Write($"\r\nThe shell goes on: sandbox session shell {Printable.Line(target.Session)}{Printable.Line(name)}\r\n");
        return 0;
    }

    private string PathOf()
    {
        var query = new QueryText().Add("terminal", _terminal).Add("shell", target.Shell).Add("from", _next is { } next ? $"{next}" : null);
        if (RawTerminal.Size() is var (columns, rows))
            query = query.Add("columns", $"{columns}").Add("rows", $"{rows}");
        return SessionCalls.PathOf(target.Session) + "/terminal" + query;
    }
}
