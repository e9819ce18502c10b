using System.Net;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Testing.Policies;

namespace Sandbox.Api.Tests.Policies;

public sealed class EvaluationTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly string _name = $"p{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync() => await fixture.Cluster.Policies.Append(
        new PolicyVersion(WellKnownTenants.Default, _name, 1, new PolicyDocument(), "agent", DateTimeOffset.UnixEpoch), PolicyStored.Event, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Evaluate_AJobThatIsTooLarge_TellsEveryViolation()
    {
        var answer = await (await Evaluate("""{"job": {"language": "python", "code": "1", "limits": {"memoryBytes": 134217728}}}""")).Json();

        var decision = answer.GetProperty("decision");
        Assert.Equal((_name, false, "limits"), (decision.GetProperty("policy").GetString(), decision.GetProperty("allowed").GetBoolean(), decision.GetProperty("rule").GetString()));
        var violation = Assert.Single(answer.GetProperty("violations").EnumerateArray());
        Assert.Equal("limits.memoryBytes", violation.GetProperty("field").GetString());
        Assert.Equal(134217728, answer.GetProperty("limits").GetProperty("memoryBytes").GetInt64());
    }

    [Fact]
    public async Task Evaluate_ASessionThatFits_IsAllowed()
    {
        var answer = await (await Evaluate($$"""{"session": {"policy": "{{_name}}", "limits": {"memoryBytes": 67108864} } }""")).Json();

        Assert.True(answer.GetProperty("decision").GetProperty("allowed").GetBoolean());
        Assert.Empty(answer.GetProperty("violations").EnumerateArray());
    }

    [Theory]
    [InlineData("""{}""", "$")]
    [InlineData("""{"job": {}, "session": {}}""", "$")]
    [InlineData("""{"job": []}""", "job")]
    [InlineData("""{"jobs": {}}""", "jobs")]
    [InlineData("""{"job": {"language": "python", "code": "1", "limits": {"cpu": "1"}, "x": 1}}""", "job.limits.cpu job.x")]
    [InlineData("""{"job": {"language": "python", "code": "1", "policy": "other"}}""", "job.policy")]
    [InlineData("""{"session": {"ttlSeconds": 0}}""", "session.ttlSeconds")]
    [InlineData("""{"session": {"snapshot": "snp_1"}}""", "session.snapshot")]
    public async Task Evaluate_WrongMembers_NamesExactlyThem(string body, string paths) =>
        Assert.Equal(paths.Split(' '), await (await Evaluate(body)).AssertInvalid());

    [Fact]
    public async Task Evaluate_UnderAPolicyThatIsNotThere_IsNotFound() =>
        await (await fixture.Server.Client.PostJson("/v1/policies/none/evaluate", """{"session": {}}""")).AssertProblem(HttpStatusCode.NotFound, "not_found");

    private Task<HttpResponseMessage> Evaluate(string body) => fixture.Server.Client.PostJson($"/v1/policies/{_name}/evaluate", body);
}
