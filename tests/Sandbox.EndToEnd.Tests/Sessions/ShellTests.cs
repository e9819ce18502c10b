using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>The command line's shell on a real terminal, driven by Python's pty module.</summary>
public sealed class ShellTests
{
    private const string Driver = """
        import fcntl, os, pty, select, struct, subprocess, sys, termios, time

        def spawn(arguments):
            pid, fd = pty.fork()
            if pid == 0:
                os.execvp(arguments[0], arguments)
            size(fd, 30, 100)
            return pid, fd, [b'']

        def size(fd, rows, columns):
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

        def until(fd, seen, text, seconds=60):
            end = time.time() + seconds
            while text not in seen[0]:
                if time.time() > end:
                    sys.exit(f'{text} did not come: {seen[0][-2000:]}')
                if select.select([fd], [], [], 0.2)[0]:
                    try:
                        seen[0] += os.read(fd, 65536)
                    except OSError:
                        sys.exit(f'ended before {text} came: {seen[0][-2000:]}')
            seen[0] = seen[0].split(text, 1)[1]

        def ended(pid):
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

        session, *cli = sys.argv[1:]
        shell = cli + ['session', 'shell', session]
        pid, fd, seen = spawn(shell)
        until(fd, seen, b'leaves the shell running')
        until(fd, seen, b'$ ')
        os.write(fd, b"x=kept; echo rea''dy\n")
        until(fd, seen, b'ready\r\n')
        size(fd, 44, 132)
        os.write(fd, b"until [ \"$(stty size)\" = '44 132' ]; do sleep 0.05; done; echo si''zed\n")
        until(fd, seen, b'sized\r\n')
        os.write(fd, b"echo wai''ting; sleep 1000\n")
        until(fd, seen, b'waiting\r\n')
        os.write(fd, b'\x03')
        os.write(fd, b"echo status''=$?\n")
        until(fd, seen, b'status=130')
        os.write(fd, b'\x1d')
        until(fd, seen, b'The shell goes on')
        assert ended(pid) == 0, 'leaving is no failure'

        pid, fd, seen = spawn(shell)
        until(fd, seen, b'status=130')
        print('again', flush=True)
        assert sys.stdin.readline() == 'restarted\n'
        os.write(fd, b"echo $x; echo af''ter\n")
        until(fd, seen, b'kept\r\n')
        until(fd, seen, b'after\r\n')
        os.write(fd, b'exit 9\n')
        until(fd, seen, b'exit\r\n')
        assert ended(pid) == 9, 'the exit code is the shell\'s'

        piped = subprocess.run(shell, input=b'echo piped; exit 4\n', capture_output=True)
        assert piped.returncode == 4 and b'piped\r\n' in piped.stdout, piped
        print('done', flush=True)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shell_OnATerminal_IsRawResizedLeftAndSurvivesAKilledServer()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        using var driver = Process.Start(new ProcessStartInfo("python3", ["-c", Driver, session.Id, "dotnet", CommandLine.Assembly])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SANDBOX_DATA"] = data.Root, ["SANDBOX_URL"] = null, ["TERM"] = "xterm" },
        })!;
        var errors = driver.StandardError.ReadToEndAsync(Token);

        Assert.True(await driver.StandardOutput.ReadLineAsync(Token) == "again", "The driver ended: " + (driver.HasExited ? await errors : string.Empty));
        // On the same port, as a server of production has: the command line knows no other.
        var port = server.Client.Http.BaseAddress!.Port;
        await server.Kill(Token);
        server = await SandboxServer.Start(data, Token, ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"));
        await driver.StandardInput.WriteLineAsync("restarted");
        var last = await driver.StandardOutput.ReadLineAsync(Token);
        await driver.WaitForExitAsync(Token);

        Assert.True(last == "done" && driver.ExitCode == 0, await errors);
        using var over = await session.On(server).End(Token);
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }
}
