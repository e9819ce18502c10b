using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Policies;

/// <summary>Policies that want an Open Policy Agent to be asked: its no is a no, and so is everything that is no answer.</summary>
public sealed class PolicyAgentTests : IClassFixture<PolicyAgentTests.Fixture>
{
    private readonly PolicyAgentStub _agent;
    private readonly SandboxServer _server;

    public PolicyAgentTests(Fixture fixture)
    {
        (_agent, _server) = (fixture.Agent, fixture.Server);
        _agent.Asked.Clear();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_IsDecidedByItsWholeRequest_AndTheReasonIsOnTheRecord()
    {
        await Put("t/code");

        var allowed = await _server.Client.Run(new { language = "bash", code = "echo here", metadata = new Dictionary<string, string> { ["team"] = "red" } }, Token);
        var denied = await Denied(new { language = "bash", code = "rm -r /" });

        Assert.Equal("here\n", allowed.Stdout);
        Assert.Equal(("opa", "No removing here."), (denied.Rule, denied.Reason));
        Assert.Equal(["$"], denied.Errors!.Keys);
        var (path, authorization, input) = _agent.Asked.First();
        Assert.Equal(("t/code", "Bearer for-opa"), (path, authorization));
        Assert.Equal(("job", "default", "red"), (input.GetProperty("kind").GetString(), input.GetProperty("tenantId").GetString(), input.GetProperty("metadata").GetProperty("team").GetString()));
        var record = await _server.Client.Http.GetFromJsonAsync<JsonElement>("/v1/audit/events?action=job.denied", Token);
        Assert.Contains("\"opa\"", record.GetRawText(), StringComparison.Ordinal);
        using var dry = await _server.Client.Http.PostAsJsonAsync("/v1/policies/default/evaluate", new { job = new { language = "bash", code = "rm" } }, Token);
        Assert.Equal("opa", (await dry.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("decision").GetProperty("rule").GetString());
    }

    [Fact]
    public async Task Session_IsAskedAboutToo()
    {
        await Put("t/undefined");
        using var answer = await _server.Client.Http.PostAsJsonAsync("/v1/sessions", new { language = "python" }, Token);
        Assert.Equal("opa", (await SandboxClient.Read<Problem>(answer, Token)).Rule);
        Assert.Equal("session", _agent.Asked.Single().Input.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("t/slow", "did not answer within 0.5 seconds")]
    [InlineData("t/broken", "it answered 500")]
    [InlineData("t/elsewhere", "it answered 307")]
    [InlineData("t/large", "the request failed")]
    [InlineData("t/undefined", "no decision of this name")]
    public async Task Job_WithoutAnAnswer_IsDeniedAndSaysWhy(string path, string reason)
    {
        await Put(path);
        var denied = await Denied(new { language = "bash", code = "true" });
        Assert.Equal("opa", denied.Rule);
        Assert.Contains(reason, denied.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_IsAskedForAgain_UnlessItAllowsToBeKept()
    {
        await Put("t/yes");
        await _server.Client.Run(new { language = "bash", code = "true" }, Token);
        await _server.Client.Run(new { language = "bash", code = "true" }, Token);
        Assert.Equal(2, _agent.Asked.Count);

        await Put("t/cached");
        await _server.Client.Run(new { language = "bash", code = "true" }, Token);
        await _server.Client.Run(new { language = "bash", code = "true" }, Token);
        Assert.Equal(3, _agent.Asked.Count);
        await _server.Client.Run(new { language = "bash", code = "true # another" }, Token);
        Assert.Equal(4, _agent.Asked.Count);
    }

    [Fact]
    public async Task Job_ThatARuleForbids_IsNotAskedAbout()
    {
        await Put("t/yes", "python");
        Assert.Equal("languages", (await Denied(new { language = "bash", code = "true" })).Rule);
        Assert.Empty(_agent.Asked);
    }

    [Fact]
    public async Task Policy_WithAPathThatLeadsElsewhere_IsRefused()
    {
        using var answer = await _server.Client.Http.PutAsJsonAsync("/v1/policies/x", new { opa = new { path = "../policies" } }, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["opa.path"], (await SandboxClient.Read<Problem>(answer, Token)).Errors!.Keys);
    }

    private async Task Put(string path, params string[] languages)
    {
        using var answer = await _server.Client.Http.PutAsJsonAsync(
            "/v1/policies/default", new { opa = new { path }, languages = languages.Length > 0 ? languages : null }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task<Problem> Denied(object job)
    {
        using var answer = await _server.Client.Post(job, Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        return await SandboxClient.Read<Problem>(answer, Token);
    }

    /// <summary>A server that asks a stub.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly DataDirectory _data = new();

        internal PolicyAgentStub Agent { get; private set; } = null!;

        internal SandboxServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Agent = await PolicyAgentStub.Start();
            Server = await SandboxServer.Start(
                _data, Token, ("Sandbox__Policies__Opa__Url", Agent.Url), ("Sandbox__Policies__Opa__TimeoutSeconds", "0.5"), ("Sandbox__Policies__Opa__Token", "for-opa"));
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Agent.DisposeAsync();
            _data.Dispose();
        }
    }
}
