using System.Net;
using System.Text;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Http;

public sealed class InterfaceTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenApi_Served_DescribesTheRoutesOfJobs()
    {
        using var document = JsonDocument.Parse(await server.Client.Http.GetStringAsync("/openapi/v1.json", Token));

        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.True(document.RootElement.GetProperty("paths").TryGetProperty("/v1/jobs/{id}/events", out _));
    }

    [Fact]
    public async Task Docs_Served_ArePage()
    {
        using var answer = await server.Client.Http.GetAsync("/docs", Token);

        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Body_LargerThanTheBound_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs");
        request.Content = new StringContent($$"""{"language":"bash","code":"{{new string('x', 33 << 20)}}"}""", Encoding.UTF8, "application/json");
        // As clients do who have much to send: the refusal comes before the body goes.
        request.Headers.ExpectContinue = true;

        using var answer = await server.Client.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Request_WithoutKey_IsUnauthorized()
    {
        using var stranger = new HttpClient { BaseAddress = server.Client.Http.BaseAddress };

        using var answer = await stranger.GetAsync("/v1/jobs", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Request_Invalid_NamesEveryField()
    {
        using var answer = await server.Client.Post(
            new { language = "cobol", code = "x", files = new[] { new { path = "../up", content = "" } }, limits = new { wallSeconds = -1 } }, Token);

        var problem = await SandboxClient.Read<Problem>(answer, Token);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, problem.Code));
        Assert.Equal(["files[0].path", "language", "limits.wallSeconds"], problem.Errors!.Keys.Order(StringComparer.Ordinal));
    }
}
