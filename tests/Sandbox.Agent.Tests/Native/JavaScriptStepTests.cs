using System.Text.Json.Nodes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class JavaScriptStepTests(AgentBinary binary)
{
    private const int Interrupt = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_OneAfterAnother_KeepEverythingDeclared()
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run first = await session.Run("const fs = require('fs'); let x = 41; var v = 1; class A { n() { return 7 } }\nfunction f() { return x + 1 }\nprocess.chdir('/tmp'); console.log('hello')");
        Run second = await session.Run("const fs = require('fs'); let x = 50; console.log(f(), process.cwd()); new A().n() + v");
        Run third = await session.Run("x += 1");

        Assert.Equal(("hello\n", "", 0, false), (first.Out, first.Error, first.Result.ExitCode, first.Result.KernelEnded));
        Assert.Empty(first.Rich);
        Assert.Equal(("51 /tmp\n", "8"), (second.Out, second.ResultText()));
        Assert.Equal("51", third.ResultText());
    }

    [Theory]
    [InlineData("1 + 2", "{\"text/plain\":\"3\",\"application/json\":3}")]
    [InlineData("({a: [1, 'ä']})", "{\"text/plain\":\"{ a: [ 1, 'ä' ] }\",\"application/json\":{\"a\":[1,\"ä\"]}}")]
    [InlineData("{a: 1}", "{\"text/plain\":\"{ a: 1 }\",\"application/json\":{\"a\":1}}")]
    [InlineData("new Set([1])", "{\"text/plain\":\"Set(1) { 1 }\"}")]
    [InlineData("10n ** 20n", "{\"text/plain\":\"100000000000000000000n\"}")]
    [InlineData("-0", "{\"text/plain\":\"-0\",\"application/json\":0}")]
    [InlineData("const c = {}; c.c = c; c", "{\"text/plain\":\"<ref *1> { c: [Circular *1] }\"}")]
    [InlineData("await new Promise(r => setTimeout(r, 5, 'slept'))", "{\"text/plain\":\"'slept'\",\"application/json\":\"slept\"}")]
    [InlineData("const y = await Promise.resolve(7); y * 2", "{\"text/plain\":\"14\",\"application/json\":14}")]
    [InlineData("null", "{\"text/plain\":\"null\",\"application/json\":null}")]
    public async Task Step_LastExpression_IsTheResult(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run run = await session.Run(code);

        Assert.Equal(("", 0), (run.Error, run.Result.ExitCode));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), run.Only("result")["data"]), run.Rich.Single());
    }

    [Theory]
    [InlineData("(await import('fs')).existsSync('/tmp')", "true")]
    [InlineData("import fs, { readFileSync as read,\n  writeFileSync } from 'fs'; import * as path from \"node:path\"\nimport 'os'\nwriteFileSync('f', path.join('a', 'b')); read('f', 'utf8') + typeof fs.read", "'a/bfunction'")]
    [InlineData("import d, * as all from 'fs'; d.read === all.read", "true")]
    [InlineData("// import('x')\n\"import('y') import z from 'w'\" + `import(${1})`", "\"import('y') import z from 'w'import(1)\"")]
    [InlineData("require('fs').writeFileSync('own.mjs', 'export const x = 5'); (await import('./own.mjs')).x", "5")]
    [InlineData("const o = {import: x => x}; o.import(3)", "3")]
    public async Task Step_Imports_AreLoaded(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run run = await session.Run(code);

        Assert.Equal((expected, "", 0), (run.ResultText(), run.Error, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("function f() { throw new TypeError('boom') }\nf()", "TypeError", "boom", "TypeError: boom\n    at f (step-1.js:1:22)\n    at step-1.js:2:1\n")]
    [InlineData("await Promise.reject(new Error('boom'))", "Error", "boom", "Error: boom\n    at step-1.js:1:22\n")]
    [InlineData("let q = ;", "SyntaxError", "Unexpected token ';'", "step-1.js:1\nlet q = ;\n        ^\n\nSyntaxError: Unexpected token ';'\n")]
    [InlineData("throw 5", "Error", "5", "Uncaught 5\n")]
    public async Task Step_Error_IsToldInFullAndTheStateStays(string code, string name, string value, string text)
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run run = await session.Run(code);
        Run after = await session.Run("1");

        Assert.Equal((text, 1, false), (run.Error, run.Result.ExitCode, run.Result.KernelEnded));
        JsonNode error = run.Only("error");
        Assert.Equal((name, value), ((string?)error["name"], (string?)error["value"]));
        Assert.Equal(text.TrimEnd('\n').Split('\n'), error["traceback"]!.AsArray().Select(line => (string?)line));
        Assert.Equal("1", after.ResultText());
    }

    [Fact]
    public async Task Step_Input_IsItsOwn()
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run first = await session.Run("require('fs').readFileSync(0, 'utf8')", stdin: "one");
        Run second = await session.Run("let text = ''; for await (const chunk of process.stdin) text += chunk; text.length", stdin: new string('x', 1_000_000));
        Run third = await session.Run("text = ''; for await (const chunk of process.stdin) text += chunk; text", stdin: "again");
        Run none = await session.Run("require('child_process').execSync('wc -c', {stdio: ['inherit', 'pipe']}).toString()");

        Assert.Equal(["'one'", "1000000", "'again'", "'0\\n'"], ((Run[])[first, second, third, none]).Select(run => run.ResultText()));
    }

    [Fact]
    public async Task Step_Environment_IsSetForTheStepAlone()
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run with = await session.Run("[process.env.A, process.env.HOME]", env: new() { ["A"] = "b=c\nd", ["HOME"] = "/tmp" });
        Run without = await session.Run("[process.env.A, process.env.HOME]");

        Assert.Equal("[ 'b=c\\nd', '/tmp' ]", with.ResultText());
        Assert.Equal("[ undefined, '/workspace' ]", without.ResultText());
    }

    [Theory]
    [InlineData("process.exit(7)", 7)]
    [InlineData("process.kill(process.pid, 'SIGKILL')", null)]
    public async Task Step_ThatEndsItsKernel_SaysSo(string code, int? exitCode)
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        Run run = await session.Run("process.stdout.write('a'.repeat(1_000_003));" + code);

        Assert.Equal(new string('a', 1_000_003), run.Out);
        Assert.Equal((exitCode, true), (run.Result.ExitCode, run.Result.KernelEnded));
    }

    [Theory]
    [InlineData("begin(); while (true);")]
    [InlineData("setTimeout(begin, 1); await new Promise(() => {})")]
    [InlineData("setTimeout(begin, 1); await new Promise(r => setTimeout(r, 1e6))")]
    [InlineData("require('child_process').execSync(': > begun; exec sleep 1000')")]
    [InlineData("({[require('util').inspect.custom]() { begin(); while (true); }})")]
    public async Task Interrupt_OfAStep_LeavesTheState(string code)
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");
        await session.Run("const x = 'kept'");
        // Told from where it waits, not before: an interrupt on the way there is one of another place.
        await using IAgentExec exec = await session.Begin("loop", "const begin = () => require('fs').writeFileSync('begun', '');" + code);
        await session.Client.RunShell("until [ -e begun ]; do sleep 0.01; done", killAll: false);

        Task<Run> ending = exec.ToEnd();
        // Node loses one now and then while it changes from running code to waiting; a user asks again then, and so does this.
        do
            await session.Client.Signal("loop", Interrupt, Cancellation);
        while (await Task.WhenAny(ending, Task.Delay(TimeSpan.FromSeconds(2), Cancellation)) != ending);
        Run run = await ending;

        Assert.Equal((130, ExecEnd.Program, false), (run.Result.ExitCode, run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("Interrupted", (string?)run.Only("error")["name"]);
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task WallLimit_OfALoop_LeavesTheState()
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");
        await session.Run("const x = 'kept'");

        Run run = await session.Run("console.log('before'); while (true);", wall: 0.5);

        Assert.Equal(("before\n", ExecEnd.Timeout, false), (run.Out, run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task Output_BurstsAndWhatComesLater_AreInTheirStep()
    {
        await using StepSession session = await StepSession.Start(binary, "javascript");

        for (int i = 1; i <= 5; i++)
        {
            Run run = await session.Run($"process.stdout.write('{i}'.repeat(1_000_003)); process.stderr.write('{i}'.repeat(300_000)); undefined");
            Assert.Equal((new string((char)('0' + i), 1_000_003), new string((char)('0' + i), 300_000)), (run.Out, run.Error));
        }

        Run timer = await session.Run("let ran = false; setTimeout(() => { console.log('later'); ran = true }, 20); setTimeout(() => { throw new Error('late') }, 1); console.log('now')");
        Run next = await session.Run("while (!ran) await new Promise(r => setTimeout(r, 1)); console.log('next')");

        Assert.Equal(("now\n", "later\nnext\n"), (timer.Out, next.Out));
        Assert.StartsWith("Uncaught Error: late", timer.Error + next.Error, StringComparison.Ordinal);
    }
}
