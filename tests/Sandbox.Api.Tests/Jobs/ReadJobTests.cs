using System.Net;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Tests.Jobs;

public sealed class ReadJobTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string> NoIds =>
    [
        "job_",
        "job_0123456789abcdefghjkmnpqr",
        "job_0123456789abcdefghjkmnpqrst",
        "JOB_0123456789abcdefghjkmnpqrs",
        "job_0123456789ABCDEFGHJKMNPQRS",
        "art_0123456789abcdefghjkmnpqrs",
        "job_0123456789abcdefghjkmnpqil",
        "job_..%2f..%2fetc%2fpasswd00000",
        "%01",
        "job_0123456789abcdefghjkmnpqrs%0a",
        "0123456789abcdefghjkmnpqrs",
    ];

    [Theory]
    [MemberData(nameof(NoIds))]
    public async Task EveryRoute_WhatCannotBeAnId_IsNotFound(string id)
    {
        foreach (var response in await Ask(id))
            await response.AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task EveryRoute_UnknownJob_IsNotFound()
    {
        foreach (var response in await Ask(JobId.New().ToString()))
            await response.AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Get_RunningJob_LeavesOutWhatItLacks()
    {
        var (id, _) = fixture.Jobs.Create();

        var job = await (await Client.Get($"/v1/jobs/{id}")).Json();

        Assert.Equal("running", job.GetProperty("status").GetString());
        foreach (var name in new[] { "cause", "exitCode", "signal", "result", "startedAt", "finishedAt", "language", "node" })
            Assert.False(job.TryGetProperty(name, out _), name);
    }

    [Fact]
    public async Task Get_EndedJob_HasEveryMember()
    {
        var (id, script) = fixture.Jobs.Create(JobStatus.Failed);
        var time = new DateTimeOffset(2026, 5, 6, 9, 8, 9, 250, TimeSpan.FromHours(2));
        script.Change(view => view with
        {
            Cause = JobCauses.Signal,
            ExitCode = 139,
            Signal = "SIGSEGV",
            Stdout = "häh\u2028<b>\0",
            Stderr = "err",
            StdoutTruncated = true,
            Result = """{"a": [1, 2.50, null]}""",
            Artifacts = [new ArtifactInfo("art_1", "out/a.png", 3, "ab", "image/png", id.ToString(), time)],
            SkippedArtifacts = [new SkippedArtifact("big", "too large")],
            Usage = new JobUsage(1.5, 0.25, 1024, 9),
            Decision = new PolicyDecision("default", 1, true),
            Attempts = 2,
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
            CreatedAt = time,
            StartedAt = time,
            FinishedAt = time,
            Language = "python",
            Node = "node-1",
        });

        var job = await (await Client.Get($"/v1/jobs/{id}")).Json();

        Assert.Equal(("failed", "signal", 139, "SIGSEGV"), (Text(job, "status"), Text(job, "cause"), job.GetProperty("exitCode").GetInt32(), Text(job, "signal")));
        Assert.Equal(("häh\u2028<b>\0", "err"), (Text(job, "stdout"), Text(job, "stderr")));
        Assert.True(job.GetProperty("stdoutTruncated").GetBoolean());
        Assert.False(job.GetProperty("stderrTruncated").GetBoolean());
        Assert.Equal(2.5, job.GetProperty("result").GetProperty("a")[1].GetDouble());
        var artifact = job.GetProperty("artifacts")[0];
        Assert.Equal(("out/a.png", "/v1/artifacts/art_1/content"), (Text(artifact, "name"), Text(artifact, "downloadUrl")));
        Assert.Equal("too large", Text(job.GetProperty("skippedArtifacts")[0], "reason"));
        Assert.Equal(1024, job.GetProperty("usage").GetProperty("peakMemoryBytes").GetInt64());
        Assert.True(job.GetProperty("decision").GetProperty("allowed").GetBoolean());
        Assert.Equal(64, job.GetProperty("limits").GetProperty("processes").GetInt32());
        Assert.Equal(2, job.GetProperty("attempts").GetInt32());
        Assert.Equal("v", Text(job.GetProperty("metadata"), "k"));
        Assert.Equal(("2026-05-06T07:08:09.25Z", "2026-05-06T07:08:09.25Z", "2026-05-06T07:08:09.25Z"), (Text(job, "createdAt"), Text(job, "startedAt"), Text(job, "finishedAt")));
        Assert.Equal(("python", "standard", "node-1", "operator"), (Text(job, "language"), Text(job, "isolation"), Text(job, "node"), Text(job, "agentId")));
    }

    [Theory]
    [InlineData("NaN", "NaN")]
    [InlineData("", "")]
    [InlineData("{\"a\":1} x", "{\"a\":1} x")]
    public async Task Get_ResultThatIsNoJson_IsAString(string result, string expected)
    {
        var (id, script) = fixture.Jobs.Create(JobStatus.Succeeded);
        script.Change(view => view with { Result = result });

        var job = await (await Client.Get($"/v1/jobs/{id}")).Json();

        Assert.Equal(expected, Text(job, "result"));
    }

    [Theory]
    [InlineData("null", JsonValueKind.Null)]
    [InlineData("0", JsonValueKind.Number)]
    [InlineData("\"s\"", JsonValueKind.String)]
    [InlineData("\"\\ud83d\"", JsonValueKind.String)]
    public async Task Get_ResultOfAnyKind_IsThatValue(string result, JsonValueKind kind)
    {
        var (id, script) = fixture.Jobs.Create(JobStatus.Succeeded);
        script.Change(view => view with { Result = result });

        var job = await (await Client.Get($"/v1/jobs/{id}")).Json();

        Assert.Equal(kind, job.GetProperty("result").ValueKind);
    }

    [Fact]
    public async Task Get_ResultNestedAsDeepAsJsonIsRead_IsAnswered()
    {
        foreach (var (depth, kind) in new[] { (UntrustedJson.MaxDepth, JsonValueKind.Array), (64, JsonValueKind.String) })
        {
            var (id, script) = fixture.Jobs.Create(JobStatus.Succeeded);
            script.Change(view => view with { Result = new string('[', depth) + new string(']', depth) });

            var job = await (await Client.Get($"/v1/jobs/{id}")).Json();

            Assert.Equal(kind, job.GetProperty("result").ValueKind);
        }
    }

    [Fact]
    public async Task Get_WithWait_AnswersAtTheEnd()
    {
        var (id, script) = fixture.Jobs.Create();

        var call = Client.Get($"/v1/jobs/{id}?wait=60");
        await script.Waiting.Task;
        script.Change(static view => view with { Status = JobStatus.TimedOut, Cause = JobCauses.Timeout });

        Assert.Equal("timed_out", Text(await (await call).Json(), "status"));
    }

    [Theory]
    [InlineData("wait=99", "wait")]
    [InlineData("follow=1", "follow")]
    public async Task Get_BadQuery_IsNamed(string query, string name)
    {
        var (id, _) = fixture.Jobs.Create();

        Assert.Equal([name], await (await Client.Get($"/v1/jobs/{id}?{query}")).AssertInvalid());
    }

    [Fact]
    public async Task Cancel_RunningJob_AnswersWithTheCancelledJob()
    {
        var (id, _) = fixture.Jobs.Create();

        var response = await Client.Post($"/v1/jobs/{id}/cancel");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("cancelled", Text(await response.Json(), "status"));
    }

    [Fact]
    public async Task Delete_EndedJob_AnswersNoContentAndItIsGone()
    {
        var (id, _) = fixture.Jobs.Create(JobStatus.Succeeded);

        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete($"/v1/jobs/{id}")).StatusCode);

        await (await Client.Get($"/v1/jobs/{id}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Delete($"/v1/jobs/{id}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Delete_RunningJob_IsAConflict()
    {
        var (id, _) = fixture.Jobs.Create();

        await (await Client.Delete($"/v1/jobs/{id}")).AssertProblem(HttpStatusCode.Conflict, "job_not_ended");
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<HttpResponseMessage[]> Ask(string id) =>
    [
        await Client.Get($"/v1/jobs/{id}"),
        await Client.Get($"/v1/jobs/{id}?wait=5"),
        await Client.Get($"/v1/jobs/{id}/events"),
        await Client.Get($"/v1/jobs/{id}/stdout"),
        await Client.Get($"/v1/jobs/{id}/stderr"),
        await Client.Post($"/v1/jobs/{id}/cancel"),
        await Client.Delete($"/v1/jobs/{id}"),
    ];
}
