using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What a hostile step does to its kernel stays there: the agent and other contexts go on.</summary>
public abstract class HostileStepTests(TestNode node) : IAsyncDisposable
{
    private const string Other = "other";
    private const string Next = "next";

    private static readonly SandboxLimits Limits = new(1, 256 << 20, 16 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("python", """
        import os
        line = b'\n{"type":"done","step":"","exitCode":9}\n{"type":"done","step":"0","exitCode":9}\n{"type":"ready"}\n'
        for fd in range(2000):
            try: os.write(fd, line)
            except OSError: pass
        """)]
    [InlineData("bash", """
        line='{"type":"done","step":"'$__sandbox_code'","exitCode":9}'
        for ((fd = 0; fd < 2000; fd++)); do { printf '\n%s\n' "$line" >&$fd; } 2>/dev/null; done
        """)]
    [InlineData("javascript", """
        const fs = require('fs');
        for (let fd = 0; fd < 2000; fd++)
          try { fs.writeSync(fd, '\n{"type":"done","step":"","exitCode":9}\n{"type":"ready"}\n') } catch {}
        """)]
    public async Task ForgedEnds_OnEveryDescriptor_AreNotBelieved(string language, string code)
    {
        await using var sandbox = await Start(language);

        var step = await FinishedStep.Run(sandbox, code, wallSeconds: 3);

        // Those that its interpreter needs for itself may be among them, and then it hangs or ends.
        Assert.True(step.Result is { ExitCode: not 9 } or { KernelEnded: true } && step.Rich.Count == 0, step.ToString());
        await AssertAlive(sandbox, language, step);
    }

    [Fact]
    public async Task ForgedEnd_OfItsOwnStep_EndsThatStepAndNoOther()
    {
        await using var sandbox = await Start("python");

        var forged = await FinishedStep.Run(sandbox, """
            import os, sys, time
            frame = sys._getframe()
            while 'identity' not in frame.f_locals: frame = frame.f_back
            os.write(1000, b'{"type":"done","step":"%s","exitCode":9}\n' % frame.f_locals['identity'])
            while not os.path.exists('go'): time.sleep(0.01)
            x = 'went on'
            """);
        var next = FinishedStep.Run(sandbox, "print(x)");
        await FinishedRun.Command(sandbox, ["/bin/sh", "-c", ": >go"], killAll: false);

        Assert.Equal((9, false), (forged.Result?.ExitCode, forged.Result?.KernelEnded));
        Assert.True((await next) is { Text: "went on\n", Result.ExitCode: 0 }, (await next).ToString());
    }

    [Theory]
    [InlineData("python", "import os\nos.closerange(0, 2001)")]
    [InlineData("bash", "for ((fd = 0; fd <= 2000; fd++)); do eval \"exec $fd>&-\"; done")]
    [InlineData("javascript", "const fs = require('fs'); for (let fd = 0; fd <= 2000; fd++) try { fs.closeSync(fd) } catch {}")]
    public async Task Descriptors_ClosedByAStep_AreItsKernelsLossAlone(string language, string code)
    {
        await using var sandbox = await Start(language);

        var step = await FinishedStep.Run(sandbox, code, wallSeconds: 3);

        Assert.NotNull(step.Result);
        await AssertAlive(sandbox, language, step);
    }

    [Theory]
    [InlineData("python", "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass")]
    [InlineData("bash", "bomb() { bomb | bomb & }; bomb; while :; do :; done 2>/dev/null")]
    public async Task ForkBomb_InAStep_LeavesOtherContextsWorking(string language, string bomb)
    {
        await using var sandbox = await Start(language);

        var step = await FinishedStep.Run(sandbox, bomb, wallSeconds: 2);

        if (node.Isolation == IsolationClass.Strong && step.Result is null)
        {
            // It does not count the code's processes: their memory in its kernel ends the sandbox first.
            await sandbox.Agent.Disconnected.WaitAsync(Token);
            return;
        }

        Assert.True(step.Result is { EndedBy: ExecEnd.Timeout or ExecEnd.OutputLimit }, step.Result?.ToString());
        await AssertOtherWorks(sandbox);
        await node.Runtime.Destroy(sandbox.Id, Token);
        Assert.Empty(node.Traces.Find());
    }

    [Theory]
    [InlineData("python", "import sys\nsys.stdin.read()", "import os\nos.remove('/tmp/full')")]
    [InlineData("bash", "cat", "rm /tmp/full")]
    [InlineData("javascript", "require('fs').readFileSync(0, 'utf8')", "require('fs').unlinkSync('/tmp/full')")]
    public async Task Disks_FilledByAStep_LeaveTheNextOnesWorking(string language, string read, string remove)
    {
        await using var sandbox = await Start(language);
        await FinishedStep.Run(sandbox, "import os\nfor name in ('/tmp/full', '/workspace/full'):\n  try:\n    with open(name, 'wb', 0) as f:\n      while f.write(b'x' * (1 << 20)) == 1 << 20: pass\n  except OSError as e: print(e)\nos.chmod('/tmp/full', 0o666)", Other);

        // Its input has no room, which is for it to bear and nobody else.
        var step = await FinishedStep.Run(sandbox, read, stdin: new byte[100_000]);
        var next = await FinishedStep.Run(sandbox, remove);
        var after = await FinishedStep.Run(sandbox, read, stdin: "input"u8.ToArray());

        Assert.True(step.Result is { DiskFull: true, KernelEnded: false }, $"{step.Result} {step.ErrorText}");
        Assert.True(next.Result is { ExitCode: 0, KernelEnded: false }, next.ToString());
        Assert.True(after.Result is { ExitCode: 0, KernelEnded: false } && after.ToString().Contains("input", StringComparison.Ordinal), after.ToString());
        await AssertOtherWorks(sandbox);
    }

    private static async Task AssertOtherWorks(SandboxHandle sandbox)
    {
        var other = await FinishedStep.Run(sandbox, "print(x)", Other);
        Assert.True(other is { Text: "kept\n", Result: { ExitCode: 0, KernelEnded: false } }, other.ToString());
    }

    /// <summary>The kernel, or another one in its place, runs steps, and the other context has its state.</summary>
    private async Task AssertAlive(SandboxHandle sandbox, string language, FinishedStep hostile)
    {
        var kernel = KernelStarter.KernelId;
        if (hostile.Result!.KernelEnded)
            await node.Kernels.Start(sandbox, language, kernel = Next, Token);
        var step = await FinishedStep.Run(sandbox, language == "javascript" ? "var y = 1" : "y=1", kernel);
        Assert.True(step.Result is { ExitCode: 0, KernelEnded: false }, $"{step}\nafter {hostile}");
        await AssertOtherWorks(sandbox);
    }

    private async Task<SandboxHandle> Start(string language)
    {
        var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Kernels.Start(sandbox, language, Token);
        await node.Kernels.Start(sandbox, "python", Other, Token);
        await FinishedStep.Run(sandbox, "x = 'kept'", Other);
        return sandbox;
    }
}

public sealed class CrunHostileStepTests(CrunNode node) : HostileStepTests(node), IClassFixture<CrunNode>;

public sealed class RuncHostileStepTests(RuncNode node) : HostileStepTests(node), IClassFixture<RuncNode>;

public sealed class GvisorHostileStepTests(GvisorNode node) : HostileStepTests(node), IClassFixture<GvisorNode>;
