using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Tests.Jobs;

public sealed class CreateJobTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Hello = """{"language": "python", "code": "print(1)"}""";

    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Create_Minimal_AnswersAcceptedWithLocationAndJob()
    {
        var response = await Client.PostJson("/v1/jobs", Hello);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var job = await response.Json();
        var id = job.GetProperty("id").GetString()!;
        Assert.Equal($"/v1/jobs/{id}", response.Headers.Location?.ToString());
        Assert.Equal("queued", job.GetProperty("status").GetString());
        Assert.False(response.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Create_Minimal_SubmitsDefaultsForTheCaller()
    {
        var response = await Client.PostJson("/v1/jobs", Hello);

        var (caller, spec, _) = (await Script(response)).Submitted!.Value;
        Assert.Equal(("default", "operator", "operator"), (caller.TenantId, caller.AgentId, caller.Role));
        Assert.Equal(("python", "print(1)", "standard", 1), (spec.Language, spec.Code, spec.Isolation, spec.MaxAttempts));
        Assert.Null(spec.Command);
        Assert.Null(spec.Stdin);
        Assert.Null(spec.Template);
        Assert.Equal(TestPlatform.Defaults, spec.Limits);
        Assert.Empty(spec.Args);
        Assert.Empty(spec.Env);
        Assert.Empty(spec.Files);
        Assert.Empty(spec.Artifacts);
        Assert.Empty(spec.Metadata);
    }

    [Fact]
    public async Task Create_Everything_ReachesTheGrainUnchanged()
    {
        var response = await Client.PostJson("/v1/jobs", """
            {"language": "bash", "code": "ü\u0000\n", "args": ["-x", ""], "env": {"A_1": "é"}, "stdin": "in\u0000", "template": "default", "isolation": "standard",
             "limits": {"cpu": 0.5, "memoryBytes": 33554432, "diskBytes": 1048576, "processes": 7, "wallSeconds": 1.5, "outputBytes": 9},
             "artifacts": ["*.png"], "policy": "default", "metadata": {"k": "v"}, "retry": {"maxAttempts": 3}}
            """);

        var (_, spec, _) = (await Script(response)).Submitted!.Value;
        Assert.Equal(("bash", "ü\0\n", "in\0", "default", 3), (spec.Language, spec.Code, spec.Stdin, spec.Template, spec.MaxAttempts));
        Assert.Equal(["-x", ""], spec.Args);
        Assert.Equal("é", spec.Env["A_1"]);
        Assert.Equal(new ResourceLimits(0.5, 33554432, 1048576, 7, 1.5, 9), spec.Limits);
        Assert.Equal(["*.png"], spec.Artifacts);
        Assert.Equal("v", spec.Metadata["k"]);
    }

    [Fact]
    public async Task Create_EndedWithinWait_AnswersOk()
    {
        fixture.Jobs.OnSubmit["ends"] = script => _ = EndWhenWaitedFor(script);

        var response = await Client.PostJson("/v1/jobs?wait=60", Scripted("ends"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var job = await response.Json();
        Assert.Equal("succeeded", job.GetProperty("status").GetString());
        Assert.Equal("1\n", job.GetProperty("stdout").GetString());
    }

    [Theory]
    [InlineData("0.2")]
    [InlineData("0")]
    [InlineData("0.0")]
    public async Task Create_NotEndedWithinWait_AnswersAccepted(string wait)
    {
        var response = await Client.PostJson($"/v1/jobs?wait={wait}", Hello);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("wait=-1", "wait")]
    [InlineData("wait=61", "wait")]
    [InlineData("wait=60.001", "wait")]
    [InlineData("wait=", "wait")]
    [InlineData("wait=ten", "wait")]
    [InlineData("wait=NaN", "wait")]
    [InlineData("wait=Infinity", "wait")]
    [InlineData("wait=1e1", "wait")]
    [InlineData("wait=1,5", "wait")]
    [InlineData("wait=%201", "wait")]
    [InlineData("wait=1&wait=2", "wait")]
    [InlineData("Wait=1", "Wait")]
    [InlineData("dryRun=true", "dryRun")]
    public async Task Create_BadQuery_IsNamed(string query, string name)
    {
        var response = await Client.PostJson($"/v1/jobs?{query}", Hello);

        Assert.Equal([name], await response.AssertInvalid());
    }

    [Fact]
    public async Task Create_ClientGoneWhileWaiting_CancelsTheWait()
    {
        JobScript? seen = null;
        var submitted = new TaskCompletionSource();
        fixture.Jobs.OnSubmit["left"] = script =>
        {
            seen = script;
            submitted.SetResult();
        };
        using var left = new CancellationTokenSource();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs?wait=60") { Content = new StringContent(Scripted("left"), null, "application/json") };

        var call = Client.SendAsync(request, left.Token);
        await submitted.Task;
        await seen!.Waiting.Task;
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await seen.WaitCancelled.Task;
    }

    [Fact]
    public async Task Create_WaitLongerThanARound_AsksInRounds()
    {
        await using var server = await ApiServer.Start(
            fixture.Cluster, static services => services.AddSingleton<TimeProvider>(new SteppingTime(TimeSpan.FromSeconds(4))));
        fixture.Jobs.OnSubmit["at once"] = static script => script.NeverWaits = true;

        var response = await server.Client.PostJson("/v1/jobs?wait=25", Scripted("at once"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        // 21, 17, 13 and 9 seconds are left when it asks.
        Assert.Equal([10, 10, 10, 9], (await Script(response)).Waits.Select(static wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Create_Stopping_AnswersWithTheJobAsItStands()
    {
        await using var server = await ApiServer.Start(fixture.Cluster);
        JobScript? seen = null;
        var submitted = new TaskCompletionSource();
        fixture.Jobs.OnSubmit["stopping"] = script =>
        {
            seen = script;
            submitted.SetResult();
        };

        var call = server.Client.PostJson("/v1/jobs?wait=60", Scripted("stopping"));
        await submitted.Task;
        await seen!.Waiting.Task;
        await server.Stop();

        Assert.Equal(HttpStatusCode.Accepted, (await call).StatusCode);
    }

    private static string Scripted(string name) => $$$"""{"language": "python", "code": "print(1)", "metadata": {"script": "{{{name}}}"}}""";

    private static async Task EndWhenWaitedFor(JobScript script)
    {
        await script.Waiting.Task;
        script.Change(static view => view with { Status = JobStatus.Succeeded, ExitCode = 0, Stdout = "1\n" });
    }

    private async Task<JobScript> Script(HttpResponseMessage response) => fixture.Jobs.Find((await response.Json()).GetProperty("id").GetString()!)!;
}
