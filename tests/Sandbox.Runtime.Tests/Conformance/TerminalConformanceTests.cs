using System.Globalization;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What programs with a kept input, and those on a terminal, must do alike on every engine.</summary>
public abstract class TerminalConformanceTests(TestNode node) : IAsyncDisposable
{
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;

    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Terminal_OfAShell_ControlsIt()
    {
        await using var sandbox = await Start();
        await using var shell = await LiveProgram.Shell(sandbox.Agent, columns: 101, rows: 33);

        await shell.Type("test -t 0 -a -t 1 -a -t 2 && tty; stty size; ps -o sid= -p $$ | tr -d ' '; echo leader $$; echo all''\n");
        await shell.Said("all\r\n");
        // gVisor (as of 2022) has the terminal, and neither its second name nor its file.
        if (!IsGvisor)
        {
            await shell.Type("echo to terminal >/dev/tty; ls -ln $(tty) | cut -d' ' -f3\n");
            await shell.Said("to terminal\r\n1000\r\n");
        }

        await shell.Type("exit 7\n");

        var lines = shell.Text.Split("\r\n");
        Assert.Equal((7, null), ((await shell.Result).ExitCode, (await shell.Result).Signal));
        Assert.Contains(lines, line => line.StartsWith("/dev/pts/", StringComparison.Ordinal));
        Assert.Contains("33 101", lines);
        var leader = lines.Single(line => line.StartsWith("leader ", StringComparison.Ordinal))[7..];
        Assert.Contains(leader, lines);
    }

    [Fact]
    public async Task Terminal_Resized_HasTheNewSize()
    {
        await using var sandbox = await Start();
        await using var shell = await LiveProgram.Shell(sandbox.Agent);

        await shell.Type("trap 'echo changed' WINCH; echo set\n");
        await shell.Said("set\r\n");
        await sandbox.Agent.Resize(new ResizeRequest(shell.Id, new TerminalSize(132, 50)), Token);
        await shell.Type("\nstty size\n");

        await shell.Said("50 132\r\n");
        // gVisor (as of 2022) changes the size without a word to the programs.
        if (!IsGvisor)
            await shell.Said("changed\r\n");
    }

    [Fact]
    public async Task Terminal_Interrupted_EndsWhatRunsInFront()
    {
        await using var sandbox = await Start();
        await using var shell = await LiveProgram.Shell(sandbox.Agent);

        await shell.Type("sh -c 'echo waiting; exec sleep 1000'\n");
        await shell.Said("waiting\r\n");
        // The terminals of gVisor (as of 2022) know no keys that signal.
        if (IsGvisor)
            await sandbox.Agent.Signal(shell.Id, Interrupt, Token);
        else
            await shell.Type("\u0003");
        await shell.Type("echo status $?\n");

        await shell.Said("status 130\r\n");
    }

    [Fact]
    public async Task Terminal_EndOfFileCharacter_EndsTheShell()
    {
        await using var sandbox = await Start();
        await using var shell = await LiveProgram.Shell(sandbox.Agent);

        // Only while the shell reads a line is the character a key: before, it would be the end of a file that nobody reads.
        await shell.Type("PS1=pro''mpt; (exit 5)\n");
        await shell.Said("prompt");
        await shell.Type("\u0004");

        Assert.Equal(5, (await shell.Result).ExitCode);
        var late = await Assert.ThrowsAsync<AgentRequestException>(() => shell.Type("x"));
        Assert.Equal(AgentErrors.InputClosed, late.Code);
    }

    [Fact]
    public async Task Signal_ToAProgramOnATerminal_ReachesItsWholeTree()
    {
        await using var sandbox = await Start();
        await using var shell = await LiveProgram.Shell(sandbox.Agent);

        await shell.Type("python3 -c 'import time; print(\"child\", flush=True); time.sleep(1000)' & sleep 1000\n");
        await shell.Said("child\r\n");
        await sandbox.Agent.Signal(shell.Id, Kill, Token);

        Assert.Equal((ExecEnd.Killed, (int?)Kill), ((await shell.Result).EndedBy, (await shell.Result).Signal));
        var left = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "ps -eo args= | grep -c '[s]leep.1000'"]);
        Assert.Equal("0\n", left.Text);
    }

    [Fact]
    public async Task Signal_ThatTheProgramHandles_LeavesItRunning()
    {
        await using var sandbox = await Start();
        await using var program = await LiveProgram.Run(
            sandbox.Agent, LiveProgram.Start(["/bin/bash", "-c", "trap 'echo hung up' HUP; trap 'echo ending; exit 4' TERM; echo on; while read -r line; do echo \"$line\"; done"]));
        await program.Said("on\n");

        await sandbox.Agent.Signal(program.Id, HangUp, Token);
        await program.Type("line\n");
        await program.Said("hung up\n");
        await program.Said("line\n");
        await sandbox.Agent.Signal(program.Id, Terminate, Token);

        Assert.Equal(4, (await program.Result).ExitCode);
    }

    [Fact]
    public async Task Input_InPieces_IsTakenOnceHoweverOftenItIsSent()
    {
        await using var sandbox = await Start();
        await using var program = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/bin/cat"]), "first "u8.ToArray());

        Assert.Equal(13, (await program.Send("second "u8.ToArray())).Offset);
        Assert.Equal(13, (await program.Send("second "u8.ToArray(), offset: 6)).Offset);
        Assert.Equal(18, (await program.Send("second third"u8.ToArray(), offset: 6)).Offset);
        var gap = await Assert.ThrowsAsync<AgentRequestException>(() => program.Send("x"u8.ToArray(), offset: 19));
        Assert.Equal(AgentErrors.Invalid, gap.Code);
        Assert.Equal(19, (await program.Send("!"u8.ToArray(), offset: 18, close: true)).Offset);

        Assert.Equal(0, (await program.Result).ExitCode);
        Assert.Equal("first second third!", program.Text);
    }

    [Fact]
    public async Task Input_OfEightMegabytes_ArrivesWhole()
    {
        await using var sandbox = await Start();
        await using var program = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/usr/bin/sha256sum"]));
        var bytes = new byte[8 << 20];
        new Random(42).NextBytes(bytes);

        await program.Send(bytes, offset: 0, close: true);

        Assert.Equal(0, (await program.Result).ExitCode);
        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), program.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_NobodyReads_WaitsAndCanBeGivenUp()
    {
        await using var sandbox = await Start();
        await using var program = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/bin/bash", "-c", "echo on; until [ -e go ]; do sleep 0.05; done; wc -c"]));
        await program.Said("on\n");
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var stuck = program.Send(new byte[4 << 20], cancellationToken: giveUp.Token);
        var other = await FinishedRun.Command(sandbox, ["/bin/echo", "others work"], killAll: false);

        Assert.False(stuck.IsCompleted);
        Assert.Equal("others work\n", other.Text);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);
        await FinishedRun.Command(sandbox, ["/bin/touch", "go"], killAll: false);
        var taken = await program.Send([], close: true);
        await program.Result;

        Assert.Equal($"on\n{taken.Offset.ToString(CultureInfo.InvariantCulture)}\n", program.Text);
    }

    [Fact]
    public async Task Input_NotKeptOrClosedByTheProgram_IsRefused()
    {
        await using var sandbox = await Start();
        await using var closed = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/bin/bash", "-c", "exec <&-; echo closed; sleep 1000"]));
        await using var unkept = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/bin/sleep", "1000"]) with { KeepInput = false });
        await using var shell = await LiveProgram.Shell(sandbox.Agent);
        await closed.Said("closed\n");

        foreach (var program in new[] { closed, unkept })
            Assert.Equal(AgentErrors.InputClosed, (await Assert.ThrowsAsync<AgentRequestException>(() => program.Type("x"))).Code);
        Assert.Equal(AgentErrors.Invalid, (await Assert.ThrowsAsync<AgentRequestException>(() => shell.Send([], close: true))).Code);
        var unsized = await Assert.ThrowsAsync<AgentRequestException>(() => sandbox.Agent.Resize(new ResizeRequest(closed.Id, new TerminalSize(1, 1)), Token));
        Assert.Equal(AgentErrors.Invalid, unsized.Code);
    }

    [Fact]
    public async Task Output_WithoutALimit_EndsNothing()
    {
        await using var sandbox = await Start();
        await using var program = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(["/bin/bash", "-c", "head -c 20000000 /dev/zero | tr '\\0' x; echo; echo done"]));

        await program.Said("\ndone\n");

        Assert.Equal((0, 20_000_006), ((await program.Result).ExitCode, (await program.Result).StdoutBytes));
    }

    private bool IsGvisor => node.Isolation == IsolationClass.Strong;

    private Task<SandboxHandle> Start() => node.Runtime.Create(node.Spec(Limits), Token);
}

public sealed class CrunTerminalTests(CrunNode node) : TerminalConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncTerminalTests(RuncNode node) : TerminalConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorTerminalTests(GvisorNode node) : TerminalConformanceTests(node), IClassFixture<GvisorNode>;
