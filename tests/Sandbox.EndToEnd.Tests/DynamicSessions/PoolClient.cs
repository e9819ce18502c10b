using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.DynamicSessions;

/// <summary>Calls the pool as the clients of Azure's dynamic sessions write their requests, their two slashes included.</summary>
internal sealed class PoolClient(HttpClient http, string identifier, string? key = null)
{
    private const string New = "2024-10-02-preview";
    private const string Old = "2024-02-02-preview";

    /// <summary>Runs code as Semantic Kernel for .NET does.</summary>
    public Task<JsonElement> Execute(string code, CancellationToken cancellationToken, int timeoutInSeconds = 100) => ReadAs(
        HttpStatusCode.OK, Post("//executions", New, Json(new { identifier, codeInputType = "Inline", executionType = "Synchronous", timeoutInSeconds, code }), cancellationToken), cancellationToken);

    /// <summary>Runs code as Semantic Kernel for Python and LangChain do.</summary>
    public async Task<JsonElement> ExecuteOld(string code, CancellationToken cancellationToken) => (await ReadAs(
        HttpStatusCode.OK,
        Post("/code/execute", Old, Json(new { properties = new { codeInputType = "inline", executionType = "synchronous", code } }), cancellationToken),
        cancellationToken)).GetProperty("properties");

    public Task<HttpResponseMessage> Upload(string name, byte[] content, bool isOld, CancellationToken cancellationToken)
    {
        var file = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        return Post(isOld ? "/files/upload" : "/files", isOld ? Old : New, new MultipartFormDataContent { { file, "file", name } }, cancellationToken);
    }

    public Task<HttpResponseMessage> Get(string path, bool isOld, CancellationToken cancellationToken) =>
        Send(new HttpRequestMessage(HttpMethod.Get, Address(path, isOld ? Old : New)), cancellationToken);

    public Task<HttpResponseMessage> Delete(string path, CancellationToken cancellationToken) =>
        Send(new HttpRequestMessage(HttpMethod.Delete, Address(path, New)), cancellationToken);

    public Task<HttpResponseMessage> Post(string path, string version, HttpContent content, CancellationToken cancellationToken) =>
        Send(new HttpRequestMessage(HttpMethod.Post, Address(path, version)) { Content = content }, cancellationToken);

    public static JsonContent Json(object value) => JsonContent.Create(value);

    public static async Task<JsonElement> ReadAs(HttpStatusCode expected, Task<HttpResponseMessage> sent, CancellationToken cancellationToken)
    {
        using var answer = await sent;
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return await http.SendAsync(request, cancellationToken);
        }
    }

    private string Address(string path, string version) => $"/azure{path}?identifier={Uri.EscapeDataString(identifier)}&api-version={version}";
}
