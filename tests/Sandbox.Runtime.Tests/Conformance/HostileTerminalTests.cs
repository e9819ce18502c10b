using Sandbox.Protocol;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Programs that mean harm to their terminal, and by it to the agent: it stays, and serves the next one.</summary>
public abstract class HostileTerminalTests(TestNode node) : IAsyncDisposable
{
    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("import os\nos.close(0); os.close(1); os.close(2)", "closes its terminal")]
    [InlineData("import os, sys\nos.write(1, b'\\x1b[8m\\x1b]0;' + os.urandom(100000) + b'\\x9b\\x00')", "sends garbage")]
    [InlineData("import termios\nt = termios.tcgetattr(0)\nt[0] = t[1] = t[3] = 0\ntermios.tcsetattr(0, termios.TCSANOW, t)", "turns everything off")]
    [InlineData("import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(1000)\n    os._exit(0)\nos.wait()", "leaves a process behind")]
    [InlineData("import fcntl, struct, termios\nfcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 65535, 65535, 65535, 65535))", "makes it huge")]
    [InlineData("import fcntl, termios\nfor _ in range(100):\n    try: fcntl.ioctl(0, termios.TIOCSTI, b'x')\n    except OSError: pass", "types for itself")]
    [InlineData("import os\nkept = []\ntry:\n    for _ in range(1000): kept.append(os.open('/dev/ptmx', os.O_RDWR))\nexcept OSError: pass", "takes every terminal")]
    public async Task Program_OnATerminal_EndsAsItIsAndTheNextHasAnother(string program, string what)
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await using (var hostile = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/usr/bin/python3", "-c", program], new TerminalSize(80, 24))))
            Assert.True((await hostile.Result).ExitCode == 0, $"{what}: {await hostile.Result}\n{hostile.Text}");

        await using var shell = await LiveProgram.Shell(sandbox.Agent);
        await shell.Type("echo $((40 + 2))\n");
        await shell.Said("42\r\n");
    }

    [Fact]
    public async Task Flood_NobodyReads_WaitsAndCanBeKilled()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var id = Guid.NewGuid().ToString("n");
        var flood = LiveProgram.Start(["/bin/sh", "-c", "touch started; while :; do cat /dev/zero | tr '\\0' x; done"], new TerminalSize(80, 24));
        await using var unread = await sandbox.Agent.Exec(new ExecRequest(id, 0, flood) { Endless = true }, default, default, Token);

        var other = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "until [ -e started ]; do sleep 0.05; done; echo others work"], killAll: false);
        Assert.Equal("others work\n", other.Text);
        await sandbox.Agent.Signal(id, 9, Token);
        // Its log has what was bounded, and then the end.
        var bytes = 0L;
        await foreach (var piece in unread.Output(Token))
        {
            bytes += piece.Data.Length;
            await unread.Acknowledge(piece.Sequence, Token);
        }

        Assert.Equal(ExecEnd.Killed, (await unread.Result).EndedBy);
        Assert.InRange(bytes, 0, 8 << 20);
    }
}

public sealed class CrunHostileTerminalTests(CrunNode node) : HostileTerminalTests(node), IClassFixture<CrunNode>;

public sealed class RuncHostileTerminalTests(RuncNode node) : HostileTerminalTests(node), IClassFixture<RuncNode>;

public sealed class GvisorHostileTerminalTests(GvisorNode node) : HostileTerminalTests(node), IClassFixture<GvisorNode>;
