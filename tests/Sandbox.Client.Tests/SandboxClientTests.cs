using System.Net;
using System.Text;
using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests;

public sealed class SandboxClientTests : ClientServer
{
    [Fact]
    public async Task Request_HasTheCredentialAndTheTenant()
    {
        Server.On("GET /v1/usage", 200, """{"tenantId":"acme","memoryBytes":{"limit":10,"used":4}}""");

        Usage usage = await Client(new SandboxClientOptions { TenantId = "acme" }).Usage.GetAsync(Token);

        Assert.Equal((10m, 4m), (usage.MemoryBytes.Limit, usage.MemoryBytes.Used));
        Assert.Equal("Bearer key", Server.Requests.Single().Headers.Authorization.ToString());
        Assert.Equal("acme", Server.Requests.Single().Headers["X-Tenant-Id"].ToString());
    }

    [Fact]
    public async Task HttpClient_OfTheCaller_IsUsedAndStaysOpen()
    {
        using var handler = new Answering();
        using var http = new HttpClient(handler) { BaseAddress = new Uri("https://example.org/below") };
        using (var client = new SandboxClient(http))
            await client.Jobs.GetAsync("job_1", Token);

        Assert.Equal("https://example.org/below/v1/jobs/job_1", handler.Asked.Single());
        Assert.Null(await Record.ExceptionAsync(() => http.GetAsync("x", Token)));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org")]
    public void Address_OfAnotherKind_IsRefused(string address) =>
        Assert.Throws<ArgumentException>(() => new SandboxClient(new Uri(address), null));

    [Fact]
    public void Options_ThatMakeNoSense_AreRefused()
    {
        var server = new Uri("http://127.0.0.1");

        Assert.Throws<ArgumentOutOfRangeException>(() => new SandboxClient(server, null, new SandboxClientOptions { MaxRetries = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SandboxClient(server, null, new SandboxClientOptions { AttemptTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SandboxClient(server, null, new SandboxClientOptions { LongestPause = TimeSpan.FromMilliseconds(1) }));
    }

    [Fact]
    public async Task Requests_LeaveOutWhatIsNotSaid()
    {
        Server.On("POST /v1/sessions/ses_1/steps", 200, Wires.Step("succeeded", "\"mainResult\":0,\"results\":[{\"text/plain\":\"42\"}]"));

        Step step = await Client().Sessions.Steps.RunAsync("ses_1", new StepRequest { Code = "x + 1" }, cancellationToken: Token);

        Assert.Equal("42", step.Results![step.MainResult!.Value].GetProperty("text/plain").GetString());
        Assert.Equal("""{"code":"x \u002B 1"}""", Server.Requests.Single().Body);
        Assert.Equal("POST /v1/sessions/ses_1/steps?wait=30", Server.Requests.Single().Line);
    }

    [Fact]
    public async Task Run_OfAJobThatTakesLong_WaitsForItsEnd()
    {
        Server.On("POST /v1/jobs", 202, Wires.Job("running")).On("GET /v1/jobs/job_1", 200, Wires.Job("running"))
            .On("GET /v1/jobs/job_1", 200, Wires.Job("succeeded", "\"stdout\":\"42\\n\""));

        Job job = await Client().Jobs.RunAsync(new JobRequest { Language = "python", Code = "print(42)" }, cancellationToken: Token);

        Assert.Equal((true, "42\n"), (job.HasEnded, job.Stdout));
        Assert.Equal(3, Server.Requests.Count);
    }

    [Fact]
    public async Task Wait_OfOneRequest_IsWellWithinItsLimit()
    {
        Server.On("GET /v1/jobs/job_1", 200, Wires.Job("succeeded"));

        await Client(new SandboxClientOptions { AttemptTimeout = TimeSpan.FromMinutes(5) }).Jobs.WaitAsync("job_1", Token);
        using var hurried = new SandboxClient(new Uri(Server.Url), null, new SandboxClientOptions { AttemptTimeout = TimeSpan.FromSeconds(10) });
        await hurried.Jobs.WaitAsync("job_1", Token);

        Assert.Equal(["GET /v1/jobs/job_1?wait=30", "GET /v1/jobs/job_1?wait=5"], Server.Requests.Select(request => request.Line));
    }

    private sealed class Answering : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Asked.Count == 0)
                Asked.Add(request.RequestUri!.AbsoluteUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"id":"job_1","status":"queued"}""", Encoding.UTF8, "application/json") });
        }
    }

    [Fact]
    public void Secrets_AreNotInTheTextOfWhatHoldsThem()
    {
        var reply = new Reply<ServiceToken>(new ServiceToken { Id = "tok_1", Token = "s3cret" }, default);

        Assert.Contains("tok_1", reply.ToString(), StringComparison.Ordinal);
        Assert.All(
            [reply.ToString(), $"{new Service { Id = "svc_1", Status = ServiceStatus.Starting, Token = "s3cret" }}", $"{new ArtifactUrl { Id = "url_1", Url = "http://h/s3cret" }}",
                $"{new WebhookRequest { Url = "https://h", Secret = "s3cret" }}"],
            static text => Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_OfOnePage_IsGoneThrough()
    {
        Server.On("GET /v1/webhooks", 200, """{"items":[{"id":"whk_1"},{"id":"whk_2"}]}""");

        Assert.Equal(["whk_1", "whk_2"], await Client().Webhooks.ListAsync(Token).Select(static webhook => webhook.Id).ToListAsync(Token));
    }
}
