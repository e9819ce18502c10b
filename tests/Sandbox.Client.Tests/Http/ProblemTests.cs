using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Http;

public sealed class ProblemTests : ClientServer
{
    [Fact]
    public async Task Refusal_OfAServer_IsTypedWhole()
    {
        Server.On("POST /v1/jobs", 400, """
            {"title":"Bad request","status":400,"detail":"The request is not valid.","code":"invalid_request","traceId":"1","errors":{"limits.memoryBytes":["too much"]}}
            """);

        var failure = await Refused();

        Assert.Equal((SandboxFailure.Refused, 400, "invalid_request", "The request is not valid."), (failure.Failure, failure.Status, failure.Code, failure.Message));
        Assert.Equal("Bad request", failure.Problem!.Title);
        Assert.Equal(["too much"], failure.Errors["limits.memoryBytes"]);
    }

    [Fact]
    public async Task Refusal_OfPolicy_HasItsRuleAndReason()
    {
        Server.On("POST /v1/jobs", 403, """{"code":"policy_denied","rule":"languages","reason":"bash is not allowed"}""");

        var failure = await Refused();

        Assert.Equal(("languages", "bash is not allowed"), (failure.Problem!.Rule, failure.Message));
        Assert.Empty(failure.Errors);
    }

    [Fact]
    public async Task Refusal_OfSomethingElse_HasItsStatus()
    {
        Server.On("POST /v1/jobs", context =>
        {
            context.Response.StatusCode = 413;
            return Task.CompletedTask;
        });

        var failure = await Refused();

        Assert.Equal((413, null, null), (failure.Status, failure.Code, failure.Problem));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"nothing":"of a job"}""")]
    public async Task Answer_ThatIsNotOfTheInterface_IsTold(string body)
    {
        Server.On("POST /v1/jobs", 200, body);

        Assert.Equal(SandboxFailure.UnknownAnswer, (await Refused()).Failure);
    }

    [Fact]
    public async Task Answer_WithMoreThanIsKnown_IsTakenUp_AndIsInTheBody()
    {
        Server.On("POST /v1/jobs", 202, """{"id":"job_1","status":"dreaming","mood":{"calm":true},"usage":{"joules":3}}""");

        var reply = await Client().Jobs.SubmitAsync(new JobRequest(), cancellationToken: Token);

        Assert.Equal("dreaming", reply.Value.Status);
        Assert.Empty(reply.Value.Artifacts);
        Assert.Null(reply.Value.Usage.WallSeconds);
        Assert.Contains("\"calm\":true", System.Text.Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
    }

    private Task<SandboxException> Refused() =>
        Assert.ThrowsAsync<SandboxException>(() => Client().Jobs.SubmitAsync(new JobRequest(), cancellationToken: Token));
}
