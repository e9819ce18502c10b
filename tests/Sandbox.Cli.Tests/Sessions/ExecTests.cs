using Microsoft.AspNetCore.Http;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Sessions;

public sealed class ExecTests : IAsyncLifetime, IDisposable
{
    private const string Succeeded = """{"sequence":4,"status":"succeeded"}""";

    private readonly TemporaryFolder _folder = new();
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Exec_OutputAndResults_AreShownInOrder()
    {
        _server.OnStep(
            Succeeded,
            Wires.Event(1, "status", """{"status":"running"}"""),
            Wires.Stdout(2, Wires.Text("\"out\\n\"")),
            Wires.Event(3, "display", """{"image/png":"AAAA","image/svg+xml":"<svg/>"}"""),
            Wires.Stderr(4, Wires.Base64(0xff)),
            Wires.Event(5, "result", """{"text/plain":"42","text/html":"<b>42</b>"}"""),
            Wires.Succeeded(6));

        var result = await Exec("6 * 7");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("out\n[image/png, image/svg+xml]\n42\n", result.Text);
        Assert.Equal([0xff], result.Errors);
        Assert.Equal("""{"code":"6 * 7"}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Exec_EveryOption_IsInTheRequest()
    {
        _server.OnStep(Succeeded, Wires.Succeeded(1));
        var input = _folder.Write("in.txt", "ü\n");

        await Exec("--language", "bash", "--context", "b", "--timeout", "2.5", "--env", "A=1", "--stdin", input, "cat");

        Assert.Equal("""{"code":"cat","language":"bash","context":"b","env":{"A":"1"},"stdin":"\u00FC\n","timeoutSeconds":2.5}""", _server.Requests[0].Body);
        Assert.Equal("POST /v1/sessions/ses_1/steps?wait=0", _server.Requests[0].Line);
        Assert.NotEmpty(_server.Requests[0].Headers["Idempotency-Key"].ToString());
    }

    [Fact]
    public async Task Exec_CodeOfStandardInputOrAFile_IsSent()
    {
        _server.OnStep(Succeeded, Wires.Succeeded(1));

        await new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = "\uFEFFa = 1"u8.ToArray() }.Run("session", "exec", "ses_1", "-");
        await Exec("--file", _folder.Write("b.js", "b"));

        var bodies = _server.Requests.Where(request => request.Line.StartsWith("POST", StringComparison.Ordinal)).Select(request => request.Body);
        Assert.Equal(["""{"code":"a = 1"}""", """{"code":"b","language":"javascript"}"""], bodies);
    }

    [Fact]
    public async Task Exec_WordsAfterDashes_AreACommand()
    {
        _server.OnStep(Succeeded, Wires.Succeeded(1));

        await Exec("--context", "x", "--", "ls", "-l", "--", "-");

        Assert.Equal("""{"command":["ls","-l","--","-"],"context":"x"}""", _server.Requests[0].Body);
    }

    [Theory]
    [InlineData("unknown option '--contxt'", "--contxt", "x")]
    [InlineData("quote it", "print", "1")]
    [InlineData("name one of")]
    [InlineData("name one of", "code", "--", "command")]
    [InlineData("name one of", "--file", "x.py", "code")]
    [InlineData("name one of", "--")]
    [InlineData("goes with code", "--language", "bash", "--", "ls")]
    [InlineData("both the code and the step's input", "--stdin", "-", "-")]
    public async Task Exec_Misused_IsRefusedBeforeAnythingIsSent(string text, params string[] arguments)
    {
        var result = await Exec(arguments);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains(text, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("""{"status":"failed","cause":"exit_code","exitCode":7}""", 7, "")]
    [InlineData("""{"status":"failed","cause":"signal","signal":"SIGSEGV"}""", 139, "sandbox: killed by SIGSEGV\n")]
    [InlineData("""{"status":"timed_out","cause":"timeout"}""", 124, "sandbox: timed out; give the step longer with --timeout SECONDS\n")]
    [InlineData("""{"status":"interrupted","exitCode":130}""", 130, "sandbox: interrupted\n")]
    [InlineData("""{"status":"failed","cause":"session_ended"}""", 123, "sandbox: the session ended before the step did\n")]
    [InlineData("""{"status":"failed","cause":"node_lost"}""", 125, "sandbox: the session's sandbox was lost; the step may have run in part\n")]
    public async Task Exec_End_BecomesExitCodeAndNotice(string end, int exitCode, string notice)
    {
        _server.OnStep("""{"sequence":4,"status":"failed"}""", Wires.End(1, end));

        var result = await Exec("x");

        Assert.Equal((exitCode, notice), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task Exec_FreshKernelAndKernelEnded_AreTold()
    {
        _server.OnStep("""{"sequence":4,"status":"failed","freshKernel":true,"kernelEnded":true,"stdoutTruncated":true}""", Wires.End(1, """{"status":"failed","cause":"exit_code","exitCode":3}"""));

        var result = await Exec("x");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("earlier variables are gone, files are not", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("the output was cut", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("the interpreter ended with this step", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_Json_IsTheWholeStep()
    {
        _server.On("POST /v1/sessions/ses_1/steps", 202, Wires.Step("queued"))
            .On("GET /v1/sessions/ses_1/steps/4", 200, Wires.Step("running"))
            .On("GET /v1/sessions/ses_1/steps/4", 200, Wires.Step("failed", """ "cause":"exit_code","exitCode":2,"results":[] """));

        var result = await Exec("--json", "x");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("\"results\": []", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_StreamBreaks_ResumesWithoutLossOrRepetition()
    {
        _server.On("POST /v1/sessions/ses_1/steps", 202, Wires.Step("queued"))
            .On("GET /v1/sessions/ses_1/steps/4/events", c => Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"a\""))))
            .On("GET /v1/sessions/ses_1/steps/4/events", c => Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"a\"")), Wires.Stdout(2, Wires.Text("\"b\"")), Wires.Succeeded(3)))
            .On("GET /v1/sessions/ses_1/steps", 200, $$"""{"items":[{{Succeeded}}]}""");

        var result = await Exec("x");

        Assert.Equal("ab", result.Text);
        Assert.Equal("1", _server.Requests[2].Headers["Last-Event-ID"]);
    }

    [Fact]
    public async Task Exec_Interrupted_InterruptsTheStepAndExits130()
    {
        using var interruption = new CancellationTokenSource();
        _server.On("POST /v1/sessions/ses_1/steps", 202, Wires.Step("queued"))
            .On("POST /v1/sessions/ses_1/steps/4/interrupt", 200, Wires.Step("running"))
            .On("GET /v1/sessions/ses_1/steps/4/events", async c =>
            {
                await Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"on\"")));
                await Task.Delay(Timeout.Infinite, c.RequestAborted);
            });
        await using var output = new ReactingStream(_ => interruption.Cancel());
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Output = output, Interrupted = interruption.Token };

        var result = await run.Run("session", "exec", "ses_1", "x");

        Assert.Equal(130, result.ExitCode);
        Assert.Equal("POST /v1/sessions/ses_1/steps/4/interrupt", _server.Requests[^1].Line);
    }

    [Fact]
    public async Task Exec_SessionEnded_Exits123()
    {
        _server.On("POST /v1/sessions/ses_1/steps", 410, """{"detail":"It was ended.","code":"session_terminated"}""");

        var result = await Exec("x");

        Assert.Equal((123, "sandbox: It was ended. (session_terminated)\n"), (result.ExitCode, result.ErrorText));
    }

    private Task<CliResult> Exec(params string[] arguments) => CliRun.Against(_server).Run(["session", "exec", "ses_1", .. arguments]);
}
