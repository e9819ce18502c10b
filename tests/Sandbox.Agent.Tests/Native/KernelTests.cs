using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class KernelTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static StartKernelRequest Start(string language, string id) => new(
        id,
        language switch
        {
            "python" => ["/usr/bin/python3", "-I", "-S", "-X", "utf8", "/opt/sandbox/kernels/python.py"],
            "javascript" => ["node", "/opt/sandbox/kernels/javascript.js"],
            _ => ["bash", "/opt/sandbox/kernels/bash.sh"],
        },
        AgentBox.Env,
        "/workspace");

    [Theory]
    [InlineData("python", "print('out'); import sys; print('err', file=sys.stderr); sys.exit(4)")]
    [InlineData("javascript", "console.log('out'); console.error('err'); process.exit(4)")]
    [InlineData("bash", "echo out; echo err >&2; exit 4")]
    public async Task Kernel_Code_HasOutputErrorAndExitCode(string language, string code)
    {
        Run run = await Run(language, code);

        Assert.Equal(("out\n", "err\n", 4), (run.Out, run.Error, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("python", "import sys,os; print(sys.argv[1:], os.environ['A'], os.getcwd(), sys.stdin.read())", "['x y', 'z'] b=c /tmp in\n")]
    [InlineData("javascript", "console.log(process.argv.slice(2), process.env.A, process.cwd(), require('fs').readFileSync(0, 'utf8'))", "[ 'x y', 'z' ] b=c /tmp in\n")]
    [InlineData("bash", "echo \"$0 $1 $2 $A $PWD $(cat)\"", "main.sh x y z b=c /tmp in\n")]
    public async Task Kernel_Code_SeesArgumentsEnvironmentFolderAndInput(string language, string code, string expected)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(Start(language, "k"), Cancellation);
        ExecStart start = Runs.OnKernel("k", "x y", "z") with { Env = new Dictionary<string, string> { ["A"] = "b=c" }, Cwd = "/tmp" };

        Run run = await client.Run(start, Encoding.UTF8.GetBytes(code), "in"u8.ToArray());

        Assert.Equal(expected, run.Out);
    }

    [Theory]
    [InlineData("python", "1 + 2", "3")]
    [InlineData("python", "x = [1, 'ä', None, {'k': 1.5}]\nx", """[1, "ä", null, {"k": 1.5}]""")]
    [InlineData("python", "{1, 2}", "\"{1, 2}\"")]
    [InlineData("python", "float('nan')", "\"nan\"")]
    [InlineData("python", "'\\ud800'", "\"'\\\\ud800'\"")]
    [InlineData("python", "x = []; x.append(x); x", "\"[[...]]\"")]
    [InlineData("python", "x = 1", null)]
    [InlineData("python", "None", null)]
    [InlineData("python", "'a' * 300000", null)]
    [InlineData("javascript", "1 + 2", "3")]
    [InlineData("javascript", "const x = [1, 'ä', null]; x", """[1,"ä",null]""")]
    [InlineData("javascript", "({a: {b: 1}})", """{"a":{"b":1}}""")]
    [InlineData("javascript", "new Set([1])", "\"Set(1) { 1 }\"")]
    [InlineData("javascript", "undefined", null)]
    [InlineData("javascript", "'a'.repeat(300000)", null)]
    [InlineData("bash", "echo 1", null)]
    public async Task Kernel_LastExpression_IsTheResult(string language, string code, string? expected)
    {
        Run run = await Run(language, code);

        Assert.Equal(expected, run.Value);
        Assert.Equal(0, run.Result.ExitCode);
    }

    [Fact]
    public async Task Python_UncaughtException_ShowsTheOrdinaryTraceback()
    {
        Run run = await Run("python", "def f():\n    return 1 / 0\n\nf()\n");

        Assert.Equal(
            """
            Traceback (most recent call last):
              File "/workspace/main.py", line 4, in <module>
                f()
              File "/workspace/main.py", line 2, in f
                return 1 / 0
                       ~~^~~
            ZeroDivisionError: division by zero

            """,
            run.Error);
        Assert.Equal(1, run.Result.ExitCode);
    }

    [Fact]
    public async Task Python_SyntaxError_ShowsTheLine()
    {
        Run run = await Run("python", "x = (");

        Assert.Equal("  File \"/workspace/main.py\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed\n", run.Error);
        Assert.Equal(1, run.Result.ExitCode);
    }

    [Theory]
    [InlineData("print(__name__, __file__); import sys; print(sys.argv, sys.path[0], sys.modules['__main__'].__dict__ is globals())",
        "__main__ /workspace/main.py\n['/workspace/main.py'] /workspace True\n")]
    [InlineData("import atexit, threading, time\natexit.register(print, 'exit')\nthreading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()\nprint('main')",
        "main\nthread\nexit\n")]
    [InlineData("open('/workspace/out', 'w').write('kept'); import os\nclass C:\n  def __del__(self): print('gone')\nc = C()", "gone\n")]
    [InlineData("import os\nif os.fork() == 0:\n    print(os.path.exists('/proc/self/fd/3'), flush=True)\n    os._exit(0)\nos.wait()", "False\n")]
    [InlineData("import subprocess; print(subprocess.run(['ls', '/proc/self/fd'], capture_output=True, text=True).stdout.split())", "['0', '1', '2', '3']\n")]
    [InlineData("import sys; print('dist-packages' in ''.join(sys.path), sys.flags.optimize)", "True 0\n")]
    [InlineData("from dataclasses import dataclass\n@dataclass\nclass P:\n  x: 'int'\nimport pickle\nprint(pickle.loads(pickle.dumps(P(1))))", "P(x=1)\n")]
    public async Task Python_Program_RunsAsAFreshScriptWould(string code, string expected)
    {
        Run run = await Run("python", code);

        Assert.Equal((expected, "", 0), (run.Out, run.Error, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("raise SystemExit('why')", "why\n", 1)]
    [InlineData("raise SystemExit", "", 0)]
    [InlineData("import sys; sys.excepthook = lambda *a: print('mine', file=sys.stderr); boom", "mine\n", 1)]
    public async Task Python_Endings_AreRespected(string code, string error, int exitCode)
    {
        Run run = await Run("python", code);

        Assert.Equal((error, exitCode), (run.Error, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("const m = await Promise.resolve(5); console.log(m)", "5\n")]
    [InlineData("import fs from 'fs'; export const x = 1; await 1; console.log(typeof fs.readFileSync)", "function\n")]
    [InlineData("import('fs').then(m => console.log(typeof m.readFileSync))", "function\n")]
    [InlineData("console.log(__filename, __dirname, typeof module, require('path').basename(__filename))", "/workspace/main.js /workspace object main.js\n")]
    [InlineData("if (true) { console.log('early'); return }", "early\n")]
    [InlineData("process.on('exit', c => console.log('bye', c)); setTimeout(() => console.log('later'), 5)", "later\nbye 0\n")]
    [InlineData("console.log(require('child_process').execSync('ls /proc/self/fd').toString().split('\\n').length)", "5\n")]
    public async Task JavaScript_Program_RunsAsAScriptOrModule(string code, string expected)
    {
        Run run = await Run("javascript", code);

        Assert.Equal((expected, 0), (run.Out, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("function f() { throw new Error('boom') }\nf()")]
    [InlineData("await Promise.reject(new Error('boom'))")]
    [InlineData("setTimeout(() => { throw new Error('boom') })")]
    [InlineData("export default 1; throw new Error('boom')")]
    [InlineData("let boom = ;")]
    public async Task JavaScript_UncaughtError_IsShownWithoutTheKernel(string code)
    {
        Run run = await Run("javascript", code);

        Assert.Contains("boom", run.Error, StringComparison.Ordinal);
        Assert.Contains("/workspace/main.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript.js", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Result.ExitCode);
    }

    [Fact]
    public async Task JavaScript_Module_LeavesNoFile()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(Start("javascript", "k"), Cancellation);

        await client.Run(Runs.OnKernel("k"), "export default 1"u8.ToArray());

        Assert.Equal("", (await client.RunShell("ls -A /workspace")).Out);
    }

    [Fact]
    public async Task Bash_ErrorInALine_NamesTheLine()
    {
        Run run = await Run("bash", "true\nno-such-command\nls /proc/self/fd | tr '\\n' ' '");

        Assert.Equal(("main.sh: line 2: no-such-command: command not found\n", "0 1 2 3 "), (run.Error, run.Out));
    }

    [Theory]
    [InlineData("python", "x = 0\n", "print('end')", "end\n")]
    [InlineData("javascript", "x = 0;\n", "console.log('end')", "end\n")]
    [InlineData("bash", ": a long line\n", "echo end $0", "end main.sh\n")]
    public async Task Kernel_LongCode_Runs(string language, string line, string last, string expected)
    {
        Run run = await Run(language, string.Concat(Enumerable.Repeat(line, 200_000 / line.Length)) + last);

        Assert.Equal((expected, 0), (run.Out, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("import os\nfor i in range(300): os.write(3, b'garbage' * 1000)\nprint('fine')")]
    [InlineData("import os\nos.write(3, b'{\"type\":\"result\"}\\n{\"type\":1}\\n[]\\n{\"type\":\"ready\"}\\n\\x00\\xff\\n' + b'[' * 5000 + b'\\n')\nprint('fine')")]
    [InlineData("import os\nos.close(3)\nprint('fine')")]
    public async Task Kernel_GarbageOnDescriptorThree_HarmsNothing(string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(Start("python", "k"), Cancellation);

        Run run = await client.Run(Runs.OnKernel("k"), Encoding.UTF8.GetBytes(code));

        Assert.Equal(("fine\n", 0), (run.Out, run.Result.ExitCode));
        Assert.Equal("ok\n", (await client.RunShell("echo ok")).Out);
    }

    [Fact]
    public async Task StartKernel_ThatEndsInstead_SaysWhy()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => client.StartKernel(
            new StartKernelRequest("k", ["bash", "-c", "echo broken >&2; exit 9"], AgentBox.Env, "/workspace"), Cancellation));

        Assert.Contains("broken", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernel_UsedUp_IsNotFound()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(Start("bash", "k"), Cancellation);
        await client.Run(Runs.OnKernel("k"), "true"u8.ToArray());

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => client.Run(Runs.OnKernel("k"), "true"u8.ToArray()));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }

    private async Task<Run> Run(string language, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(Start(language, "k"), Cancellation);
        return await client.Run(Runs.OnKernel("k"), Encoding.UTF8.GetBytes(code));
    }
}
