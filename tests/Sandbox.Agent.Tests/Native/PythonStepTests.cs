using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class PythonStepTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_OneAfterAnother_KeepTheirState()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run first = await session.Run("import os\nx = 41\ndef f(): return x + 1\nos.chdir('/tmp')\nprint('hello')");
        Run second = await session.Run("print(f(), os.getcwd())\nx += 1\nf()");
        Run third = await session.Run("_, __name__, 'x' in globals()");

        Assert.Equal(("hello\n", "", 0, false), (first.Out, first.Error, first.Result.ExitCode, first.Result.KernelEnded));
        Assert.Equal(("42 /tmp\n", "43"), (second.Out, second.ResultText()));
        Assert.Equal("(43, '__main__', True)", third.ResultText());
        Assert.Equal(ExecEnd.Program, third.Result.EndedBy);
    }

    [Theory]
    [InlineData("1 + 2", "3")]
    [InlineData("'ä\\n'", "'ä\\n'")]
    [InlineData("[1, None]", "[1, None]")]
    [InlineData("x = 1", null)]
    [InlineData("None", null)]
    [InlineData("5;", null)]
    [InlineData("import asyncio\nawait asyncio.sleep(0.001, 'slept')", "'slept'")]
    [InlineData("async def f(): return 7\ny = await f()\ny + await f()", "14")]
    [InlineData("# -*- coding: utf-8 -*-\n'ü'", "'ü'")]
    [InlineData("", null)]
    public async Task Step_LastExpression_IsTheResult(string code, string? expected)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(code);

        Assert.Equal((expected, "", 0), (run.ResultText(), run.Error, run.Result.ExitCode));
        Assert.Null(run.Value);
    }

    [Fact]
    public async Task Step_Exception_IsToldInFullAndTheStateStays()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        await session.Run("def f():\n    return 1 / 0\n");
        Run run = await session.Run("print('before')\nf()\n");
        Run after = await session.Run("import inspect\ninspect.getsource(f)");

        string traceback =
            """
            Traceback (most recent call last):
              File "<step 2>", line 2, in <module>
                f()
              File "<step 1>", line 2, in f
                return 1 / 0
                       ~~^~~
            ZeroDivisionError: division by zero

            """;
        Assert.Equal(("before\n", traceback, 1, false), (run.Out, run.Error, run.Result.ExitCode, run.Result.KernelEnded));
        JsonNode error = run.Only("error");
        Assert.Equal(("ZeroDivisionError", "division by zero"), ((string?)error["name"], (string?)error["value"]));
        Assert.Equal(traceback.TrimEnd().Split('\n'), error["traceback"]!.AsArray().Select(line => (string?)line));
        Assert.Equal("'def f():\\n    return 1 / 0\\n'", after.ResultText());
    }

    [Theory]
    [InlineData("x = (", "  File \"<step 1>\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed\n")]
    [InlineData("async def f(): 1/0\nawait f()", "Traceback (most recent call last):\n  File \"<step 1>\", line 2, in <module>\n    await f()\n  File \"<step 1>\", line 1, in f\n    async def f(): 1/0\n                   ~^~\nZeroDivisionError: division by zero\n")]
    [InlineData("class E(Exception):\n  def __str__(self): raise ValueError\nraise E", "Traceback (most recent call last):\n  File \"<step 1>\", line 3, in <module>\n    raise E\nE: <exception str() failed>\n")]
    [InlineData("import traceback\ntry:\n  boom\nexcept NameError: traceback.print_exc()", "Traceback (most recent call last):\n  File \"<step 1>\", line 3, in <module>\n    boom\nNameError: name 'boom' is not defined\n")]
    public async Task Step_Exception_IsShownAsTheInterpreterWould(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Assert.Equal(expected, (await session.Run(code)).Error);
    }

    [Theory]
    [InlineData("!echo out; echo err >&2; exit 3\n_exit_code", "out\n", "err\n", "3")]
    [InlineData("for i in range(2):\n    !echo once\n    print(i)", "once\n0\nonce\n1\n", "", null)]
    [InlineData("x = '''\n!not a command\n'''\n!echo yes\nx", "yes\n", "", "'\\n!not a command\\n'")]
    [InlineData("!echo a \\\n  b\nimport sys\nsys._getframe().f_lineno", "a b\n", "", "4")]
    [InlineData("!cat\n", "in", "", null)]
    public async Task Step_LineWithAnExclamationMark_RunsInAShell(string code, string output, string error, string? result)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(code, stdin: "in");

        Assert.Equal((output, error, result, 0), (run.Out, run.Error, run.ResultText(), run.Result.ExitCode));
    }

    [Fact]
    public async Task Step_Input_IsItsOwn()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run first = await session.Run("import sys\nprint(input(), input())", stdin: "a\nb\nunread\n");
        Run second = await session.Run("sys.stdin.read()", stdin: "c\n\0ä");
        Run none = await session.Run("sys.stdin.read(), input()");
        Run child = await session.Run("import subprocess\nsubprocess.run('wc -c', shell=True).returncode", stdin: new string('x', 1_000_000));

        Assert.Equal("a b\n", first.Out);
        Assert.Equal("'c\\n\\x00ä'", second.ResultText());
        Assert.Contains("EOFError", none.Error, StringComparison.Ordinal);
        Assert.Equal("1000000\n", child.Out);
    }

    [Fact]
    public async Task Step_Environment_IsSetForTheStepAlone()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run with = await session.Run(
            "import os\nos.environ['A'], os.environ['HOME'], os.popen('echo \"$A\"').read()",
            env: new() { ["A"] = "b=c\nd", ["HOME"] = "/tmp" });
        Run without = await session.Run("os.environ.get('A'), os.environ['HOME']");

        Assert.Equal("('b=c\\nd', '/tmp', 'b=c\\nd\\n')", with.ResultText());
        Assert.Equal("(None, '/workspace')", without.ResultText());
    }

    [Theory]
    [InlineData("import sys; sys.exit(7)", 7, null)]
    [InlineData("exit()", 0, null)]
    [InlineData("import os; print('bye', flush=True); os._exit(3)", 3, null)]
    [InlineData("import os; print('bye', flush=True); os.kill(os.getpid(), 11)", null, 11)]
    public async Task Step_ThatEndsItsKernel_SaysSoAndAFreshOneCanBeStarted(string code, int? exitCode, int? signal)
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("x = 1");

        Run run = await session.Run("print('before')\n" + code);
        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => session.Run("x"));
        await session.Client.StartKernel(KernelTests.Start("python", StepSession.Kernel), Cancellation);
        Run fresh = await session.Run("'x' in globals()");

        Assert.StartsWith("before\n", run.Out, StringComparison.Ordinal);
        Assert.Equal((exitCode, signal, true, ExecEnd.Program), (run.Result.ExitCode, run.Result.Signal, run.Result.KernelEnded, run.Result.EndedBy));
        Assert.Equal(AgentErrors.NotFound, refusal.Code);
        Assert.Equal("False", fresh.ResultText());
    }

    [Theory]
    [InlineData("import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('parent' if pid else 'child')", "child\nparent\n")]
    [InlineData("import multiprocessing\np = multiprocessing.Process(target=print, args=('child',))\np.start(); p.join()", "child\n")]
    [InlineData("import sys\nsys.stdout = open(1, 'w', closefd=False)\nprint('replaced', end='')", "replaced")]
    [InlineData("import os\nos.closerange(3, 100)\nprint('closed')", "closed\n")]
    [InlineData("import ctypes\n_ = ctypes.CDLL(None).printf(b'from C')", "from C")]
    [InlineData("open('module_of_mine.py', 'w').write('y = 5')\nimport module_of_mine\nprint(module_of_mine.y)", "5\n")]
    public async Task Step_Ordinary_LeavesTheKernelWorking(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(code);
        Run next = await session.Run("1 + 1");

        Assert.Equal((expected, "", 0, false), (run.Out, run.Error, run.Result.ExitCode, run.Result.KernelEnded));
        Assert.Equal(("", "2"), (next.Out, next.ResultText()));
    }
}
