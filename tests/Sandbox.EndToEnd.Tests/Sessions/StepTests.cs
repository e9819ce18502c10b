using System.Net;

namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class StepTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_OfOneContext_RunInTheOrderOfTheirNumbers()
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("seen = []", Token);

        var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => session.Send(new { code = $"seen.append({i}); {i}" }, Token, wait: 60)));
        var steps = await Task.WhenAll(sent.Select(answer => SessionClient.ReadAs<Step>(answer, HttpStatusCode.OK, Token)));

        var seen = (await session.Run("seen", Token)).Value;
        Assert.Equal($"[{string.Join(", ", steps.OrderBy(step => step.Sequence).Select(step => step.Value))}]", seen);
        Assert.Equal(Enumerable.Range(2, 20).Select(n => (long)n), steps.Select(step => step.Sequence).Order());
    }

    [Fact]
    public async Task Steps_OfDifferentContexts_RunSideBySideAndShareFilesOnly()
    {
        var session = await SessionClient.Open(server.Client, Token);
        const string meet = "import os, time\nwho = '{0}'\nopen('{0}', 'w').close()\nwhile not os.path.exists('{1}'): time.sleep(0.01)\nwho";

        // Each waits for the other: one after the other they would never end.
        var both = await Task.WhenAll(
            session.Run(new { code = string.Format(null, meet, "a", "b"), context = "one" }, Token),
            session.Run(new { code = string.Format(null, meet, "b", "a"), context = "two" }, Token));

        Assert.Equal(["'a'", "'b'"], both.Select(step => step.Value));
        Assert.Equal("'a'", (await session.Run(new { code = "who", context = "one" }, Token)).Value);
        var third = await session.Run(new { code = "who" }, Token);
        Assert.Equal(("failed", "NameError"), (third.Status, third.Error.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Step_EnvAndStdin_AreThoseOfTheStepAlone()
    {
        var session = await SessionClient.Open(server.Client, Token, new { env = Map(("A", "session"), ("B", "session")) });
        const string code = "import os, sys\nprint(os.environ.get('A'), os.environ.get('B'), os.environ.get('C'), repr(sys.stdin.read()))";

        var first = await session.Run(new { code, env = Map(("B", "step"), ("C", "ü")), stdin = "line 1\nü" }, Token);
        var second = await session.Run(new { code }, Token);
        var command = await session.Run(new { command = new[] { "sh", "-c", "echo $A $B; cat" }, env = Map(("B", "step")), stdin = "in" }, Token);

        Assert.Equal("session step ü 'line 1\\nü'\n", first.Stdout);
        Assert.Equal("session session None ''\n", second.Stdout);
        Assert.Equal("session step\nin", command.Stdout);
    }

    [Fact]
    public async Task Step_Fails_TellsTheErrorAndKeepsState()
    {
        var session = await SessionClient.Open(server.Client, Token);

        var failed = await session.Run("x = 1\ndef f(): raise ValueError('ü')\nf()", Token);
        var next = await session.Run("x", Token);

        Assert.Equal(("failed", "exit_code", 1), (failed.Status, failed.Cause, failed.ExitCode));
        Assert.Equal(("ValueError", "ü"), (failed.Error.GetProperty("name").GetString(), failed.Error.GetProperty("value").GetString()));
        Assert.Contains(failed.Error.GetProperty("traceback").EnumerateArray(), line => line.GetString()!.Contains("in f", StringComparison.Ordinal));
        Assert.Equal("1", next.Value);
    }

    [Fact]
    public async Task Step_Interrupted_EndsAndKeepsState()
    {
        var session = await SessionClient.Open(server.Client, Token);
        var running = await session.Start(new { code = "x = 5\nprint('on', flush=True)\nwhile True: pass" }, Token);
        await session.UntilItPrints(running.Sequence, "on", Token);
        var waiting = await session.Start(new { code = "x = 6" }, Token);

        await session.Interrupt(waiting.Sequence, Token);
        await session.Interrupt(running.Sequence, Token);

        Assert.Equal("interrupted", (await session.EndOf(running.Sequence, Token)).Status);
        var never = await session.EndOf(waiting.Sequence, Token);
        Assert.Equal(("interrupted", null), (never.Status, never.StartedAt));
        var next = await session.Run("x", Token);
        Assert.Equal(("5", false), (next.Value, next.FreshKernel));
        Assert.Equal("interrupted", (await session.Interrupt(running.Sequence, Token)).Status);
    }

    [Fact]
    public async Task Step_TimedOut_EndsAndKeepsState()
    {
        var session = await SessionClient.Open(server.Client, Token);

        var step = await session.Run(new { code = "x = 5\nimport time\ntime.sleep(600)", timeoutSeconds = 1 }, Token);

        Assert.Equal(("timed_out", "timeout"), (step.Status, step.Cause));
        Assert.Equal("5", (await session.Run("x", Token)).Value);
    }

    [Fact]
    public async Task Step_ThatSwallowsTheInterrupt_IsKilledByItsTimeout()
    {
        var session = await SessionClient.Open(server.Client, Token);
        const string stubborn = "import time\nx = 1\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException:\n        pass";

        var step = await session.Run(new { code = stubborn, timeoutSeconds = 1 }, Token);
        var next = await session.Run("print('alive')", Token);

        Assert.Equal(("timed_out", true), (step.Status, step.KernelEnded));
        Assert.Equal(("succeeded", true), (next.Status, next.FreshKernel));
    }

    [Theory]
    [InlineData("import os; os._exit(3)", "exit_code")]
    [InlineData("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal")]
    [InlineData("x = bytearray(1 << 30)\nfor i in range(0, 1 << 30, 4096): x[i] = 1", "out_of_memory")]
    public async Task Step_EndsItsKernel_IsToldAndTheNextHasAFreshOneInTheSameWorkspace(string code, string cause)
    {
        var session = await SessionClient.Open(server.Client, Token, new { limits = new { memoryBytes = 256 << 20 } });
        await session.Run("x = 1; open('kept', 'w').write('file')", Token);
        await session.Run(new { code = "y = 2", context = "other" }, Token);

        var died = await session.Run(code, Token);
        var next = await session.Run("print(open('kept').read(), 'x' in globals())", Token);
        var after = await session.Run("1", Token);

        Assert.Equal(("failed", cause, true), (died.Status, died.Cause, died.KernelEnded));
        Assert.Equal(("succeeded", "file False\n", true), (next.Status, next.Stdout, next.FreshKernel));
        Assert.False(after.FreshKernel);
        Assert.Equal("2", (await session.Run(new { code = "y", context = "other" }, Token)).Value);
    }

    [Fact]
    public async Task Step_MoreOutputThanTheLimit_IsCutAndKeepsTheSession()
    {
        var session = await SessionClient.Open(server.Client, Token, new { limits = new { outputBytes = 100_000 } });

        var step = await session.Run("x = 3\nfor i in range(100000): print('line', i)", Token);

        Assert.Equal(("failed", "output_limit", true), (step.Status, step.Cause, step.StdoutTruncated));
        Assert.True(step.Stdout!.Length <= 100_000, $"{step.Stdout.Length}");
        Assert.Equal("succeeded", (await session.Run("print('alive')", Token)).Status);
    }

    [Fact]
    public async Task Steps_Listed_PageInOrderWithoutOutput()
    {
        var session = await SessionClient.Open(server.Client, Token);
        for (var i = 0; i < 5; i++)
            await session.Run($"print({i})", Token);

        var first = await session.ListSteps("limit=3", Token);
        var second = await session.ListSteps($"limit=3&cursor={first.NextCursor}", Token);

        Assert.Equal([1, 2, 3, 4, 5], first.Items.Concat(second.Items).Select(step => step.Sequence));
        Assert.All(first.Items, step => Assert.Null(step.Stdout));
        Assert.Null(second.NextCursor);
    }

    [Fact]
    public async Task Step_ThatThereIsNot_IsNotFound()
    {
        var session = await SessionClient.Open(server.Client, Token);

        foreach (var route in (string[])["/steps/1", "/steps/1/events", "/steps/-1", "/steps/99999999999999999999", "/steps/x"])
            Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf(session.Path + route, Token));
    }

    [Fact]
    public async Task Steps_MoreThanMayWait_AreRefusedWithRetryAfter()
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Start(new { code = "import time; time.sleep(600)" }, Token);
        var refused = new List<HttpResponseMessage>();
        for (var i = 0; i < 110 && refused.Count == 0; i++)
        {
            var answer = await session.Send(new { code = "1" }, Token, wait: 0);
            if (answer.StatusCode != HttpStatusCode.Accepted)
                refused.Add(answer);
        }

        using var last = Assert.Single(refused);
        Assert.Equal("quota_exceeded", await SessionClient.CodeOf(last, HttpStatusCode.TooManyRequests, Token));
        Assert.NotNull(last.Headers.RetryAfter);
        using var ended = await session.End(Token);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    private static Dictionary<string, string> Map(params (string Name, string Value)[] pairs) => pairs.ToDictionary(pair => pair.Name, pair => pair.Value);
}
