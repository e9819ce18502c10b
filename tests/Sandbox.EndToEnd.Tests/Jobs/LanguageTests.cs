using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class LanguageTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python", "print('hello'); print('oops', file=__import__('sys').stderr)", "standard")]
    [InlineData("javascript", "console.log('hello'); console.error('oops')", "standard")]
    [InlineData("bash", "echo hello; echo oops >&2", "standard")]
    [InlineData("python", "print('hello'); print('oops', file=__import__('sys').stderr)", "strong")]
    [InlineData("javascript", "console.log('hello'); console.error('oops')", "strong")]
    [InlineData("bash", "echo hello; echo oops >&2", "strong")]
    public async Task Language_PrintsToBothStreams_KeepsThemApart(string language, string code, string isolation)
    {
        var job = await server.Client.Run(new { language, code, isolation }, Token);

        Assert.Equal(("succeeded", 0, "hello\n", "oops\n"), (job.Status, job.ExitCode, job.Stdout, job.Stderr));
        Assert.Equal((isolation, 1, null), (job.Isolation, job.Attempts, job.Cause));
        Assert.True(job.StartedAt <= job.FinishedAt && job.Usage.PeakMemoryBytes > 0);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Command_WithArguments_PassesThemUnchanged(string isolation)
    {
        var job = await server.Client.Run(new { command = new[] { "printf", "%s|", "a b", "$HOME", "", "ü" }, isolation }, Token);

        Assert.Equal(("succeeded", "a b|$HOME||ü|"), (job.Status, job.Stdout));
    }

    [Fact]
    public async Task Command_ThatDoesNotExist_FailsToStart()
    {
        var job = await server.Client.Run(new { command = new[] { "no-such-program" } }, Token);

        Assert.Equal(("failed", "start_failed", null), (job.Status, job.Cause, job.ExitCode));
    }

    [Theory]
    [InlineData("python", "import sys; print(sys.argv[1:]); print(sys.stdin.read()); import os; print(os.environ['COLOUR'])", "['x', 'y z']\nin ü\nblue\n")]
    [InlineData("javascript", "console.log(process.argv.slice(2)); console.log(require('fs').readFileSync(0,'utf8')); console.log(process.env.COLOUR)", "[ 'x', 'y z' ]\nin ü\nblue\n")]
    [InlineData("bash", "printf '%s,' \"$@\"; cat; echo; echo \"$COLOUR\"", "x,y z,in ü\nblue\n")]
    public async Task Language_WithArgumentsInputAndEnvironment_SeesThem(string language, string code, string expected)
    {
        var job = await server.Client.Run(
            new { language, code, args = new[] { "x", "y z" }, stdin = "in ü", env = new Dictionary<string, string> { ["COLOUR"] = "blue" } }, Token);

        Assert.Equal(("succeeded", expected), (job.Status, job.Stdout));
    }

    [Theory]
    [InlineData("python", "{'a': [1, 2.5, None, 'ü']}", """{"a":[1,2.5,null,"ü"]}""")]
    [InlineData("python", "x = 6\nx * 7", "42")]
    [InlineData("python", "object", "\"<class 'object'>\"")]
    [InlineData("javascript", "({a: [1, 2.5, null, 'ü']})", """{"a":[1,2.5,null,"ü"]}""")]
    [InlineData("javascript", "6 * 7", "42")]
    [InlineData("javascript", "'\ud83d\ude00'.slice(0, 1)", "\"\uFFFD\"")]
    public async Task LastExpression_WithValue_IsTheResult(string language, string code, string expected)
    {
        var job = await server.Client.Run(new { language, code }, Token);

        Assert.Equal("succeeded", job.Status);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), job.Result), job.Result.GetRawText());
    }

    [Theory]
    [InlineData("python", "import sys; sys.exit(7)")]
    [InlineData("javascript", "process.exit(7)")]
    [InlineData("bash", "exit 7")]
    public async Task Program_ExitsWithCode_FailsWithIt(string language, string code)
    {
        var job = await server.Client.Run(new { language, code }, Token);

        Assert.Equal(("failed", "exit_code", 7, null), (job.Status, job.Cause, job.ExitCode, job.Signal));
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Program_KilledByItsOwnSignal_FailsWithItsName(string isolation)
    {
        var job = await server.Client.Run(new { language = "python", code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", isolation }, Token);

        Assert.Equal(("failed", "signal", null, "SIGSEGV"), (job.Status, job.Cause, job.ExitCode, job.Signal));
    }

    [Theory]
    [InlineData("python", "def f():\n    raise ValueError('bad ü')\nf()", "line 2, in f", "ValueError: bad ü")]
    [InlineData("javascript", "function f() {\n  throw new RangeError('bad ü')\n}\nf()", "main.js:2", "RangeError: bad ü")]
    public async Task Program_Throws_FailsWithItsTraceback(string language, string code, string place, string message)
    {
        var job = await server.Client.Run(new { language, code }, Token);

        Assert.Equal(("failed", "exit_code", 1), (job.Status, job.Cause, job.ExitCode));
        Assert.Contains(place, job.Stderr, StringComparison.Ordinal);
        Assert.Contains(message, job.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("kernels", job.Stderr, StringComparison.Ordinal);
    }
}
