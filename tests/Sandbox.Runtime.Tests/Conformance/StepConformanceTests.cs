using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What the steps of a session must do alike on every engine.</summary>
public abstract class StepConformanceTests(TestNode node) : IAsyncDisposable
{
    private const int Interrupt = 2;

    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("python", "x = 40\nopen('file', 'w').write('kept');", "x += 2\nprint(x, open('file').read())")]
    [InlineData("bash", "x=40; printf kept >file", "((x += 2)); echo \"$x $(cat file)\"")]
    [InlineData("javascript", "let x = 40; require('fs').writeFileSync('file', 'kept')", "x += 2; console.log(x, require('fs').readFileSync('file', 'utf8'))")]
    public async Task Steps_OnTheKernelOfThePool_KeepTheirState(string language, string first, string second)
    {
        await using var sandbox = await Start(language);

        var set = await FinishedStep.Run(sandbox, first);
        var used = await FinishedStep.Run(sandbox, second);

        Assert.True(set.Result is { ExitCode: 0, KernelEnded: false }, set.ToString());
        Assert.True(used.Result is { ExitCode: 0, KernelEnded: false } && used.Text == "42 kept\n", used.ToString());
    }

    [Fact]
    public async Task Contexts_OfOneSandbox_RunAtOnceAndAreApart()
    {
        await using var sandbox = await Start("python");
        await FinishedStep.Run(sandbox, "x = 'of main'");
        await node.Kernels.Start(sandbox, "python", "second", Token);
        await node.Kernels.Start(sandbox, "javascript", "third", Token);

        // Each waits for the other's file: one after the other they would wait for ever.
        var main = FinishedStep.Run(sandbox, "import os, time\nopen('main', 'w').close()\nwhile not os.path.exists('second'): time.sleep(0.01)\nx");
        var second = FinishedStep.Run(sandbox, "import os, time\nopen('second', 'w').close()\nwhile not os.path.exists('main'): time.sleep(0.01)\n'x' in globals()", "second");
        var third = FinishedStep.Run(sandbox, "typeof x", "third");

        Assert.Equal("'of main'", ResultText(await main));
        Assert.Equal("False", ResultText(await second));
        Assert.Equal("'undefined'", ResultText(await third));
    }

    [Fact]
    public async Task Step_ShowsValuesFiguresAndErrors_AsMimeBundles()
    {
        await using var sandbox = await Start("python");

        var step = await FinishedStep.Run(sandbox, """
            class Table:
                def __repr__(self): return 'table'
                def _repr_html_(self): return '<b>ä</b>'
                def _repr_png_(self): return b"\x89PNG"
            display({'a': 1})
            Table()
            """);
        var failed = await FinishedStep.Run(sandbox, "1 / 0");

        Assert.Equal("{'a': 1}", (string?)step.Only("display")["data"]!["text/plain"]);
        var data = step.Only("result")["data"]!;
        Assert.Equal(("table", "<b>ä</b>", "iVBORw=="), ((string?)data["text/plain"], (string?)data["text/html"], (string?)data["image/png"]));
        Assert.Equal(("ZeroDivisionError", 1), ((string?)failed.Only("error")["name"], failed.Result?.ExitCode));
    }

    [Fact]
    public async Task Output_OfFourMegabytes_IsExact()
    {
        await using var sandbox = await Start("python");

        var step = await FinishedStep.Run(sandbox, """
            import hashlib, sys
            for i in range(4096):
                sys.stdout.write(hashlib.sha256(str(i).encode()).hexdigest() * 16)
                if i % 4 == 0: sys.stderr.write(f'{i:8}' * 32)
            """);

        var expected = string.Concat(Enumerable.Range(0, 4096).Select(i => Repeat(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{i}"))), 16)));
        var errors = string.Concat(Enumerable.Range(0, 1024).Select(i => Repeat($"{i * 4,8}", 32)));
        Assert.True(step.Text == expected && step.ErrorText == errors, "Output differs from what was written.");
        Assert.Equal((4L << 20, 256L << 10), (step.Result?.StdoutBytes, step.Result?.StderrBytes));
    }

    [Theory]
    [InlineData("python", "x = 'kept'", "print('begun')\nwhile True: pass", "print(x)")]
    [InlineData("bash", "x=kept", "echo begun; while :; do :; done", "echo $x")]
    [InlineData("javascript", "let x = 'kept'", "console.log('begun'); for (;;);", "console.log(x)")]
    public async Task Interrupt_OfABusyLoop_KeepsTheState(string language, string set, string loop, string show)
    {
        await using var sandbox = await Start(language);
        await FinishedStep.Run(sandbox, set);

        await using var exec = await FinishedStep.Begin(sandbox, "loop", loop);
        var step = await FinishedStep.Read(exec, _ => sandbox.Agent.Signal("loop", Interrupt, Token));

        Assert.True(step.Result is { ExitCode: 130, EndedBy: ExecEnd.Program, KernelEnded: false }, step.ToString());
        Assert.Equal("kept\n", (await FinishedStep.Run(sandbox, show)).Text);
    }

    [Theory]
    [InlineData("python", "x = 'kept'", "print('begun')\nwhile True: pass", "print(x)")]
    [InlineData("bash", "x=kept", "echo begun; while :; do :; done", "echo $x")]
    [InlineData("javascript", "let x = 'kept'", "console.log('begun'); for (;;);", "console.log(x)")]
    public async Task WallLimit_OfABusyLoop_KeepsTheState(string language, string set, string loop, string show)
    {
        await using var sandbox = await Start(language);
        await FinishedStep.Run(sandbox, set);

        var step = await FinishedStep.Run(sandbox, loop, wallSeconds: 1);

        Assert.True(step.Result is { ExitCode: 130, EndedBy: ExecEnd.Timeout, KernelEnded: false } && step.Text == "begun\n", step.ToString());
        Assert.Equal("kept\n", (await FinishedStep.Run(sandbox, show)).Text);
    }

    [Theory]
    [InlineData("python", "import os\nopen('file', 'w').write('kept')\nos.kill(os.getpid(), 9)", "print(open('file').read())")]
    [InlineData("bash", "echo kept >file; kill -9 $$", "cat file")]
    [InlineData("javascript", "require('fs').writeFileSync('file', 'kept'); process.kill(process.pid, 9); for (;;);", "console.log(require('fs').readFileSync('file', 'utf8'))")]
    public async Task Kernel_KilledByItsStep_IsFollowedByAnotherInTheSameWorkspace(string language, string kill, string show)
    {
        await using var sandbox = await Start(language);

        var step = await FinishedStep.Run(sandbox, kill);
        var refusal = await Assert.ThrowsAsync<AgentRequestException>(() => FinishedStep.Run(sandbox, show));
        await node.Kernels.Start(sandbox, language, "next", Token);
        var next = await FinishedStep.Run(sandbox, show, "next");

        Assert.True(step.Result is { Signal: 9, EndedBy: ExecEnd.Program, KernelEnded: true }, step.ToString());
        Assert.Equal(AgentErrors.NotFound, refusal.Code);
        Assert.True(next.Text == "kept\n", next.ToString());
    }

    [Fact]
    public async Task Kernel_OutOfMemory_IsToldAndCounted()
    {
        await using var sandbox = await Start("python");
        await node.Kernels.Start(sandbox, "bash", "second", Token);
        await FinishedStep.Run(sandbox, "x=kept", "second");

        var step = await FinishedStep.Run(sandbox, "print('begun')\nx = [b'x' * (1 << 20) for _ in range(1000)]");

        Assert.True(node.Runtime.ReadUsage(sandbox.Id)?.OomKills > 0, step.ToString());
        Assert.Equal("begun\n", step.Text);
        if (node.Isolation == IsolationClass.Strong)
        {
            // Its kernel is a process of the host's, and dies with all that runs in it.
            Assert.Null(step.Result);
            await sandbox.Agent.Disconnected.WaitAsync(Token);
            return;
        }

        Assert.True(step.Result is { Signal: 9, EndedBy: ExecEnd.Program, KernelEnded: true }, step.ToString());
        Assert.Equal("kept\n", (await FinishedStep.Run(sandbox, "echo $x", "second")).Text);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string? ResultText(FinishedStep step) => (string?)step.Only("result")["data"]!["text/plain"];

    private async Task<SandboxHandle> Start(string language)
    {
        var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Kernels.Start(sandbox, language, Token);
        return sandbox;
    }
}

public sealed class CrunStepTests(CrunNode node) : StepConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncStepTests(RuncNode node) : StepConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorStepTests(GvisorNode node) : StepConformanceTests(node), IClassFixture<GvisorNode>;
