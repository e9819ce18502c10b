using System.Net;
using System.Text;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.DynamicSessions;

/// <summary>What bad calls of the pool are answered with, and who may call it.</summary>
public sealed class PoolCallsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/azure/executions", """{"code": "1"}""", "identifier")]
    [InlineData("/azure/executions?identifier=", """{"code": "1"}""", "identifier")]
    [InlineData("/azure/executions?identifier=a&identifier=b", """{"code": "1"}""", "identifier")]
    [InlineData("/azure/executions?identifier=a%0ab", """{"code": "1"}""", "identifier")]
    [InlineData("/azure/executions?identifier=a", "{}", "code")]
    [InlineData("/azure/executions?identifier=a", """{"code": 1}""", "code")]
    [InlineData("/azure/executions?identifier=a", """{"properties": {"executionType": "never", "code": "1"}}""", "executionType")]
    [InlineData("/azure/executions?identifier=a", """{"codeInputType": "file", "code": "1"}""", "codeInputType")]
    [InlineData("/azure/executions?identifier=a", """{"timeoutInSeconds": -1, "code": "1"}""", "timeoutInSeconds")]
    [InlineData("/azure/code/execute?identifier=a", "[]", "$")]
    [InlineData("/azure/python/execute", """{"properties": {"pythonCode": "1"}}""", "identifier")]
    public async Task Execute_ABadRequest_SaysWhatIsWrongAsAzureWould(string path, string body, string field)
    {
        using var answer = await Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        var error = await ErrorOf(answer, HttpStatusCode.BadRequest);
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.Contains(field, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/azure/files", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/azure/files/%2Fetc%2Fpasswd/content?identifier=a", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/azure/files/a%2F..%2F..%2Fb/content?identifier=a", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/azure/files?identifier=a", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("GET", "/azure/executions/x?identifier=a", HttpStatusCode.NotFound)]
    [InlineData("GET", "/azure/python/downloadFile?identifier=a", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/azure/nothing?identifier=a", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/azure/files?identifier=a", HttpStatusCode.NotFound)]
    public async Task Call_OfWhatIsNotThere_IsRefusedAsAzureWould(string method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await Client.SendAsync(request, Cancel);

        await ErrorOf(answer, expected);
    }

    [Fact]
    public async Task Call_WithoutACredential_IsRefusedAsAzureWould()
    {
        using var stranger = fixture.Server.NewClient(key: null);
        using var answer = await stranger.GetAsync(new Uri("/azure/files?identifier=a", UriKind.Relative), Cancel);

        await ErrorOf(answer, HttpStatusCode.Unauthorized);
    }

    private static async Task<JsonElement> ErrorOf(HttpResponseMessage answer, HttpStatusCode expected)
    {
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Text()}");
        var error = (await answer.Json()).GetProperty("error");
        Assert.NotEmpty(error.GetProperty("code").GetString()!);
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return error;
    }
}
