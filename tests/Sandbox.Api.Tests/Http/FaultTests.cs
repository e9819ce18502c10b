using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Sandbox.Api.Http;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Tests.Http;

public sealed class FaultTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Secret = "a-secret-that-stays-inside";

    private const string Payload = "a-payload-that-no-log-may-hold";

    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string> Codes => [.. typeof(RefusalCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static constant => (string)constant.GetValue(null)!)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Table_EveryRefusal_HasAStatus(string code) => Assert.True(ProblemCodes.IsKnown(code));

    [Theory]
    [InlineData("quota_exceeded", HttpStatusCode.TooManyRequests, 2500, "3")]
    [InlineData("queue_full", HttpStatusCode.ServiceUnavailable, 100, "1")]
    [InlineData("queue_full", HttpStatusCode.ServiceUnavailable, null, "2")]
    [InlineData("capacity_exceeded", HttpStatusCode.UnprocessableEntity, null, null)]
    [InlineData("template_unknown", HttpStatusCode.UnprocessableEntity, null, null)]
    [InlineData("something_of_a_later_version", HttpStatusCode.UnprocessableEntity, null, null)]
    public async Task Submit_Refused_IsAProblem(string code, HttpStatusCode status, int? milliseconds, string? retryAfter)
    {
        var name = Guid.NewGuid().ToString();
        var after = milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : (TimeSpan?)null;
        fixture.Jobs.OnSubmit[name] = script => script.Refusal = new Refusal(code, "Because.", RetryAfter: after);

        var response = await Submit(name);

        var problem = await response.AssertProblem(status, code);
        Assert.Equal("Because.", problem.GetProperty("detail").GetString());
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task Submit_DeniedByPolicy_HasRuleAndReason()
    {
        var name = Guid.NewGuid().ToString();
        fixture.Jobs.OnSubmit[name] = static script => script.Refusal = new Refusal(RefusalCodes.PolicyDenied, "Not on Sundays.", "language", Rule: "languages");

        var problem = await (await Submit(name)).AssertProblem(HttpStatusCode.Forbidden, "policy_denied");

        Assert.Equal("languages", problem.GetProperty("rule").GetString());
        Assert.Equal("Not on Sundays.", problem.GetProperty("reason").GetString());
        Assert.Equal("Not on Sundays.", problem.GetProperty("errors").GetProperty("language")[0].GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Grain_TransientFault_IsUnavailable(bool timeout)
    {
        var (id, script) = fixture.Jobs.Create();
        script.Fault = () => timeout ? new TimeoutException(Secret) : new SiloUnavailableException(Secret);

        foreach (var path in new[] { "", "?wait=1", "/events", "/stdout" })
        {
            var response = await Client.Get($"/v1/jobs/{id}{path}");
            await response.AssertProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.DoesNotContain(Secret, await response.Text(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(typeof(OrleansMessageRejectionException), true)]
    [InlineData(typeof(GatewayTooBusyException), true)]
    [InlineData(typeof(InvalidOperationException), false)]
    [InlineData(typeof(OrleansException), false)]
    public void Fault_OfAType_IsTransientOrNot(Type type, bool transient) =>
        Assert.Equal(transient, FaultHandler.IsTransient((Exception)RuntimeHelpers.GetUninitializedObject(type)));

    [Fact]
    public async Task Grain_UnknownFault_TellsATraceAndNothingElse()
    {
        var (id, script) = fixture.Jobs.Create();
        script.Fault = static () => new InvalidOperationException(Secret);

        var response = await Client.Get($"/v1/jobs/{id}");

        var problem = await response.AssertProblem(HttpStatusCode.InternalServerError, "internal_error");
        Assert.Equal(["code", "detail", "status", "title", "traceId", "type"], problem.EnumerateObject().Select(static member => member.Name).Order());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
        Assert.DoesNotContain(Secret, await response.Text(), StringComparison.Ordinal);
        Assert.Contains(fixture.Server.Logs.Lines, static line => line.StartsWith("Error Sandbox.Api.Http.FaultHandler GET /v1/jobs/{id} failed.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/v1/unheard-of", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "/v1/jobs", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("PATCH", "/v1/jobs/job_x", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("POST", "/health/live", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task Route_Unknown_IsAProblem(string method, string path, HttpStatusCode status, string code)
    {
        var response = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);

        await response.AssertProblem(status, code);
    }

    [Fact]
    public async Task Logs_OfRequests_HoldNoPayload()
    {
        await Client.PostJson($"/v1/jobs?colour={Payload}1", $$$"""{"language": "python", "code": "{{{Payload}}}2", "env": {"K": "{{{Payload}}}3"}}""");
        await Client.PostJson("/v1/jobs", $$"""{"language": "python", "code": "{{Payload}}4", "stdin": "{{Payload}}5", "{{Payload}}6": 1}""");
        await Client.PostJson("/v1/jobs", $$"""{"language": "{{Payload}}7", "code": {{Payload}}8""");
        await Client.Get($"/v1/jobs?metadata.k={Payload}9");

        Assert.DoesNotContain(fixture.Server.Logs.Lines, static line => line.Contains(Payload, StringComparison.Ordinal));
        Assert.DoesNotContain(fixture.Server.Logs.Lines, static line => line.Contains(ApiServer.Key, StringComparison.Ordinal));
    }

    private Task<HttpResponseMessage> Submit(string script) =>
        Client.PostJson("/v1/jobs", $$$"""{"language": "python", "code": "", "metadata": {"script": "{{{script}}}"}}""");
}
