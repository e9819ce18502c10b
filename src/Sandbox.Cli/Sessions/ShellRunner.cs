using System.Runtime.InteropServices;
using System.Threading.Channels;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
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
internal sealed class ShellRunner(SessionsClient sessions, CliConsole console, ShellTarget target)
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
        await sessions.GetAsync(target.Session, interrupted);
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
            await Task.Delay(Pause(attempt), console.Time, interrupted);
            if (await EndMeanwhile(interrupted) is { } missed)
                return Over(missed);
        }
    }

    /// <summary>The end of the shell, where it came while there was no connection: another one must not be started in its place.</summary>
    private async Task<OutputEnd?> EndMeanwhile(CancellationToken interrupted)
    {
        try
        {
            var command = (await sessions.Commands.GetAsync(target.Session, _command, interrupted)).Value;
            if (!command.HasEnded)
                return null;
            _next = await new CommandLog(sessions.Commands, console).Show(target.Session, _command, "stdout", _next ?? 0, follow: true, interrupted);
            return new OutputEnd { Status = command.Status, Cause = command.Cause, ExitCode = command.ExitCode, Signal = command.Signal };
        }
        catch (SandboxException e) when (e.Failure != SandboxFailure.Refused || e.Status is 429 or >= 500)
        {
            // No server answers yet.
            return null;
        }
    }

    /// <summary>One connection, to its end: the shell's end where that was it, and whether anything came.</summary>
    private async Task<(OutputEnd? End, bool Heard)> Attend(CancellationToken interrupted)
    {
        var heard = false;
        try
        {
            using var terminal = await sessions.Terminals.OpenAsync(target.Session, Options(), interrupted);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
            var typing = SendTyped(terminal, over.Token);
            try
            {
                return (await Show(terminal, () => heard = true, interrupted), heard);
            }
            finally
            {
                await over.CancelAsync();
                await typing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception e) when (IsPassing(e, interrupted))
        {
            // A server that never answered is for the person to see, and not to be waited for.
            if (_next is null && !_detached)
                throw new CliException($"the terminal could not be opened: {e.Message}");
            return (null, heard);
        }
    }

    private static bool IsPassing(Exception e, CancellationToken interrupted) =>
        e is IOException or SandboxException { Status: 429 or >= 500 } or SandboxException { Failure: SandboxFailure.Unreachable or SandboxFailure.ConnectionLost }
        || (e is OperationCanceledException && !interrupted.IsCancellationRequested);

    private async Task<OutputEnd?> Show(TerminalConnection terminal, Action onNews, CancellationToken cancellationToken)
    {
        while (await terminal.ReadAsync(cancellationToken) is { } bytes)
        {
            onNews();
            if (bytes.Length > 0)
                await OutputSink.Write(console.Output, bytes, cancellationToken);
            _next = terminal.Next;
            if (terminal.Name is not null)
                (_terminal, _command) = (terminal.Name, terminal.Command);
        }

        return terminal.End;
    }

    private async Task SendTyped(TerminalConnection terminal, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _resized;
            _resized = false;
            if (changed && RawTerminal.Size() is var (columns, rows))
                await terminal.ResizeAsync(columns, rows, cancellationToken);

            // Looked at and only then taken: what is not sent goes with the next connection.
            if (!_typed.Reader.TryPeek(out var keys))
            {
                if (!await WaitForKeys(cancellationToken))
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                continue;
            }

            var (bytes, detached) = TerminalKeys.Split(keys);
            if (bytes.Length > 0)
                await terminal.WriteAsync(bytes, cancellationToken);
            _typed.Reader.TryRead(out _);
            if (!detached)
                continue;
            _detached = true;
            await terminal.LeaveAsync(cancellationToken);
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

    private int Over(OutputEnd end)
    {
        if (end.Cause is { } cause and not ("exit_code" or "signal"))
            console.ErrorText.Write($"\r\nsandbox: the shell ended: {Printable.Line(cause)}\r\n");
        return ExitCodes.Of(end);
    }

    private int Left()
    {
        var name = _terminal is null or "main" ? string.Empty : $" --terminal {_terminal}";
        console.ErrorText.Write($"\r\nThe shell goes on: sandbox session shell {Printable.Line(target.Session)}{Printable.Line(name)}\r\n");
        return 0;
    }

    private TerminalOptions Options() => new()
    {
        Name = _terminal,
        Shell = target.Shell,
        From = _next,
        Columns = RawTerminal.Size()?.Columns,
        Rows = RawTerminal.Size()?.Rows,
    };

    // 100 ms, 200 ms, … up to 10 s.
    private static TimeSpan Pause(int attempt) => TimeSpan.FromSeconds(Math.Min(10, 0.1 * Math.Pow(2, Math.Min(attempt, 10) - 1)));
}
