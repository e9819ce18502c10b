using Microsoft.AspNetCore.Http;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

public sealed class RunStreamTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ScriptedServer _server = null!;
    private string _file = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.Start();
        _file = _folder.Write("hello.py", "print(1)");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_OutputOfBothKinds_IsPassedOnByteForByte()
    {
        _server.OnJob(
            Wires.Stdout(1, Wires.Text("\"gr\\u00fc\\u00dfe\\u0000\\r\\n\"")),
            Wires.Stderr(2, Wires.Text("\"oops\"")),
            Wires.Stdout(3, Wires.Base64(0xff, 0x00, 0xfe, 0x0a)),
            Wires.Succeeded(4));

        var result = await CliRun.Against(_server).Run("run", _file);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal([.. "grüße\0\r\n"u8, 0xff, 0x00, 0xfe, 0x0a], result.Output);
        Assert.Equal("oops"u8.ToArray(), result.Errors);
    }

    [Fact]
    public async Task Run_ConnectionBreaksWithinAnEvent_ResumesWithoutLossOrRepetition()
    {
        var read = new TaskCompletionSource();
        await using var output = new ReactingStream(bytes => { if (bytes.Span.SequenceEqual<byte>([0xe2, 0x82])) read.TrySetResult(); });
        _server.On("POST /v1/jobs", 202, Wires.Job("queued"))
            .On("GET /v1/jobs/job_1/events", c => Wires.StreamAndBreak(
                c,
                read.Task,
                Wires.Stdout(5, Wires.Text("\"one \"")),
                Wires.Stdout(7, Wires.Base64(0xe2, 0x82)),
                "event: stdout\nid: 9\ndata: {\"te"))
            .On("GET /v1/jobs/job_1/events", c => Wires.StreamAndBreak(c, Task.CompletedTask))
            .On("GET /v1/jobs/job_1/events", 503, """{"title":"starting"}""", retryAfter: "1")
            .On("GET /v1/jobs/job_1/events", c => Wires.Stream(
                c,
                ": keep-alive\n\n",
                Wires.Stdout(7, Wires.Base64(0xe2, 0x82)),
                Wires.Stdout(9, Wires.Base64(0xac)),
                Wires.Stdout(10, Wires.Text("\" two\"")),
                Wires.Succeeded(12)));

        var result = await new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Output = output }.Run("run", _file);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("one € two", result.Text);
        var resumed = _server.Requests.Where(r => r.Line.EndsWith("/events", StringComparison.Ordinal)).Select(r => r.Headers["Last-Event-ID"].ToString());
        Assert.Equal(["", "7", "7", "7"], resumed);
    }

    [Fact]
    public async Task Run_StreamEndsWithoutEndEvent_IsTakenUpAgain()
    {
        _server.On("POST /v1/jobs", 202, Wires.Job("queued"))
            .On("GET /v1/jobs/job_1/events", c => Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"a\""))))
            .On("GET /v1/jobs/job_1/events", c => Wires.Stream(c, Wires.Stdout(2, Wires.Text("\"b\"")), Wires.Succeeded(3)));

        var result = await CliRun.Against(_server).Run("run", _file);

        Assert.Equal("ab", result.Text);
    }

    [Fact]
    public async Task Run_JobRemovedMeanwhile_FailsInsteadOfRetrying()
    {
        _server.On("POST /v1/jobs", 202, Wires.Job("queued"))
            .On("GET /v1/jobs/job_1/events", 404, """{"title":"Not found","detail":"No such job.","code":"not_found"}""");

        var result = await CliRun.Against(_server).Run("run", _file);

        Assert.Equal(125, result.ExitCode);
        Assert.Equal("sandbox: No such job. (not_found)\n", result.ErrorText);
    }

    [Fact]
    public async Task Run_InterruptedWhileRunning_CancelsTheJobAndExits130()
    {
        using var interruption = new CancellationTokenSource();
        _server.On("POST /v1/jobs", 202, Wires.Job("queued"))
            .On("POST /v1/jobs/job_1/cancel", 200, Wires.Job("cancelled"))
            .On("GET /v1/jobs/job_1/events", async c =>
            {
                await Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"on\"")));
                await Task.Delay(Timeout.Infinite, c.RequestAborted);
            });
        await using var output = new ReactingStream(_ => interruption.Cancel());
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Output = output, Interrupted = interruption.Token };

        var result = await run.Run("run", _file);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal("POST /v1/jobs/job_1/cancel", _server.Requests[^1].Line);
    }

    [Fact]
    public async Task Run_InterruptedWhileSubmitting_CancelsTheJobThatCameOfIt()
    {
        using var interruption = new CancellationTokenSource();
        _server.On("POST /v1/jobs/job_1/cancel", 200, Wires.Job("cancelled"))
            .On("POST /v1/jobs", async c =>
            {
                await interruption.CancelAsync();
                c.Response.ContentType = "application/json";
                await c.Response.WriteAsync(Wires.Job("queued"));
            });
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Interrupted = interruption.Token };

        var result = await run.Run("run", _file);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal(["POST /v1/jobs", "POST /v1/jobs/job_1/cancel"], _server.Requests.Select(r => r.Line));
    }

    [Fact]
    public async Task Run_ReaderOfOutputGone_CancelsTheJobAndExits141()
    {
        _server.OnJob(Wires.Stdout(1, Wires.Text("\"y\""))).On("POST /v1/jobs/job_1/cancel", 200, Wires.Job("cancelled"));
        await using var output = new ReactingStream(_ => throw new IOException("Broken pipe", 32));
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Output = output };

        var result = await run.Run("run", _file);

        Assert.Equal(141, result.ExitCode);
        Assert.Equal("POST /v1/jobs/job_1/cancel", _server.Requests[^1].Line);
    }

    [Fact]
    public async Task Run_OutputThatCannotBeKept_CancelsTheJobAndSaysWhy()
    {
        _server.OnJob(Wires.Stdout(1, Wires.Text("\"y\""))).On("POST /v1/jobs/job_1/cancel", 200, Wires.Job("cancelled"));
        await using var output = new ReactingStream(_ => throw new IOException("No space left on device", 28));
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Output = output };

        var result = await run.Run("run", _file);

        Assert.Equal((125, "sandbox: No space left on device\n"), (result.ExitCode, result.ErrorText));
        Assert.Equal("POST /v1/jobs/job_1/cancel", _server.Requests[^1].Line);
    }
}
