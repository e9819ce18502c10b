using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Http;

public sealed class RetryTests : ClientServer
{
    [Fact]
    public async Task Creation_ThatFailsForAWhile_IsRepeatedUnderOneKey()
    {
        Server.On("POST /v1/jobs", 503, """{"code":"unavailable"}""").On("POST /v1/jobs", Broken).On("POST /v1/jobs", 202, Wires.Job("queued"));

        Job job = await Client().Jobs.SubmitAsync(new JobRequest { Language = "python", Code = "1" }, cancellationToken: Token);

        Assert.Equal("job_1", job.Id);
        var keys = Server.Requests.Select(request => request.Headers["Idempotency-Key"].ToString()).ToList();
        Assert.Equal(3, keys.Count);
        Assert.Single(keys.Distinct());
        Assert.NotEmpty(keys[0]);
    }

    [Fact]
    public async Task Creations_OfTwoCalls_HaveKeysOfTheirOwn_AndTheCallersOwnWhereItHasOne()
    {
        Server.On("POST /v1/sessions", 201, Wires.Session("ready"));

        await Client().Sessions.CreateAsync(cancellationToken: Token);
        await Client().Sessions.CreateAsync(cancellationToken: Token);
        await Client().Sessions.CreateAsync(idempotencyKey: "mine", cancellationToken: Token);

        var keys = Server.Requests.Select(request => request.Headers["Idempotency-Key"].ToString()).ToList();
        Assert.Equal(3, keys.Distinct().Count());
        Assert.Equal("mine", keys[2]);
    }

    [Fact]
    public async Task Call_ThatIsNotSafeToRepeat_IsSentOnce_WhereTheConnectionBreaks()
    {
        Server.On("POST /v1/api-keys", Broken);

        var failure = await Assert.ThrowsAsync<SandboxException>(
            () => Client().Keys.CreateAsync(new ApiKeyRequest { Name = "ci", Role = "member" }, Token));

        Assert.Equal(SandboxFailure.ConnectionLost, failure.Failure);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Call_ThatIsNotSafeToRepeat_IsSentOnce_WhereTheServerIsUnavailable()
    {
        Server.On("POST /v1/api-keys", 503, "{}");

        var failure = await Assert.ThrowsAsync<SandboxException>(
            () => Client().Keys.CreateAsync(new ApiKeyRequest { Name = "ci", Role = "member" }, Token));

        Assert.Equal(503, failure.Status);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Call_ThatIsNotSafeToRepeat_IsRepeated_WhereItWasRefusedForItsNumber()
    {
        Server.On("POST /v1/api-keys", 429, "{}", "1").On("POST /v1/api-keys", 201, """{"id":"key_1","key":"k"}""");

        NewApiKey made = await Client().Keys.CreateAsync(new ApiKeyRequest { Name = "ci", Role = "member" }, Token);

        Assert.Equal("k", made.Key);
        Assert.Equal("key_1", made.ToString());
    }

    [Fact]
    public async Task Pauses_GrowAndAreSpread_AndNeverShorterThanTheServerAsks()
    {
        Server.On("GET /v1/jobs/job_1", 503, "{}").On("GET /v1/jobs/job_1", 503, "{}").On("GET /v1/jobs/job_1", 503, "{}", "7")
            .On("GET /v1/jobs/job_1", 503, "{}", "3600").On("GET /v1/jobs/job_1", 200, Wires.Job("running"));

        await Client(new SandboxClientOptions { Random = () => 0 }).Jobs.GetAsync("job_1", Token);
        Assert.Equal([50, 100, 7000, 10_000], Time.Pauses.Select(pause => pause.TotalMilliseconds));
        Assert.Equal(TimeSpan.FromMilliseconds(400), new Retry(new SandboxClientOptions { Random = () => 1 }, new Uri(Server.Url)).Pause(3));
        Assert.Equal(TimeSpan.FromSeconds(10), new Retry(new SandboxClientOptions { Random = () => 1 }, new Uri(Server.Url)).Pause(1000));
    }

    [Fact]
    public async Task Call_ThatGoesOnFailing_EndsWithTheServersWord()
    {
        Server.On("GET /v1/jobs/job_1", 503, """{"detail":"It starts.","code":"unavailable"}""", "1");

        var failure = await Assert.ThrowsAsync<SandboxException>(() => Client(new SandboxClientOptions { MaxRetries = 2 }).Jobs.GetAsync("job_1", Token));

        Assert.Equal((503, "unavailable", "It starts.", TimeSpan.FromSeconds(1)), (failure.Status, failure.Code, failure.Message, failure.RetryAfter));
        Assert.Equal(3, Server.Requests.Count);
    }

    [Fact]
    public async Task Call_ThatWasRefused_IsNotRepeated()
    {
        Server.On("GET /v1/jobs/job_1", 404, "{}");

        await Assert.ThrowsAsync<SandboxException>(() => Client().Jobs.GetAsync("job_1", Token));

        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Removal_WhoseAnswerWasLost_IsDone_WhereNothingIsLeft(int status)
    {
        Server.On("DELETE /v1/artifacts/art_1", Broken).On("DELETE /v1/artifacts/art_1", status, "{}");

        await Client().Artifacts.DeleteAsync("art_1", Token);

        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Removal_ThatWasRefusedForItsNumber_TellsThatThereIsNothingToRemove()
    {
        Server.On("DELETE /v1/artifacts/art_1", 429, "{}").On("DELETE /v1/artifacts/art_1", 404, "{}");

        var failure = await Assert.ThrowsAsync<SandboxException>(() => Client().Artifacts.DeleteAsync("art_1", Token));

        Assert.Equal(404, failure.Status);
    }

    [Fact]
    public async Task Signal_WhoseAnswerWasLost_IsNotSentTwice()
    {
        Server.On("POST /v1/sessions/ses_1/commands/2/signal", Broken).On("POST /v1/sessions/ses_1/steps/4/interrupt", Broken);

        var signal = await Assert.ThrowsAsync<SandboxException>(() => Client().Sessions.Commands.SignalAsync("ses_1", 2, "SIGUSR1", Token));
        var interrupt = await Assert.ThrowsAsync<SandboxException>(() => Client().Sessions.Steps.InterruptAsync("ses_1", 4, Token));

        Assert.Equal((SandboxFailure.ConnectionLost, SandboxFailure.ConnectionLost), (signal.Failure, interrupt.Failure));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 0)]
    public async Task Call_WhereNobodyListens_WaitsForTheServerOnlyWhereItShall(bool waits, int pauses)
    {
        using var unused = new Socket(SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        using var client = new SandboxClient(
            new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)unused.LocalEndPoint!).Port}"), null, new SandboxClientOptions { TimeProvider = Time, WaitForServer = waits });

        var failure = await Assert.ThrowsAsync<SandboxException>(() => client.Keys.CreateAsync(new ApiKeyRequest { Name = "ci", Role = "member" }, Token));

        Assert.Equal(SandboxFailure.Unreachable, failure.Failure);
        // Connecting has a limit of its own, which is no pause.
        Assert.Equal(pauses, Time.Pauses.Count);
    }

    [Fact]
    public async Task Call_ThatIsCancelled_EndsAtOnce()
    {
        using var gone = new CancellationTokenSource();
        Server.On("GET /v1/jobs/job_1", async context =>
        {
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client().Jobs.GetAsync("job_1", gone.Token));

        Assert.Single(Server.Requests);
    }

    private static Task Broken(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        return Task.CompletedTask;
    }
}
