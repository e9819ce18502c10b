using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Services;

/// <summary>One service as a caller uses it.</summary>
internal sealed class ServiceClient(SandboxServer server, string id, string token)
{
    public string Id { get; } = id;

    public string Token { get; } = token;

    public string Path => $"/v1/services/{Id}";

    public HttpClient Http => server.Client.Http;

    /// <summary>Starts a service and waits until it answers.</summary>
    public static async Task<ServiceClient> Start(SandboxServer server, object request, CancellationToken cancellationToken)
    {
        var service = await Create(server, request, cancellationToken);
        var started = await service.Get(cancellationToken, wait: 60);
        Assert.True(started.GetProperty("status").GetString() == "running", $"{started}\n{await service.Log(cancellationToken)}");
        return service;
    }

    public static async Task<ServiceClient> Create(SandboxServer server, object request, CancellationToken cancellationToken)
    {
        using var answer = await server.Client.Http.PostAsJsonAsync("/v1/services", request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        using var made = JsonDocument.Parse(text);
        return new ServiceClient(server, made.RootElement.GetProperty("id").GetString()!, made.RootElement.GetProperty("token").GetString()!);
    }

    /// <summary>The same service on another process of the data folder.</summary>
    public ServiceClient On(SandboxServer other) => new(other, Id, Token);

    public async Task<JsonElement> Get(CancellationToken cancellationToken, int wait = 0) =>
        await Http.GetFromJsonAsync<JsonElement>($"{Path}?wait={wait}", cancellationToken);

    public Task<string> Log(CancellationToken cancellationToken) => Http.GetStringAsync($"{Path}/logs", cancellationToken);

    /// <summary>Sends a request through, with the token alone.</summary>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, CancellationToken cancellationToken, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var client = Stranger();
        var request = new HttpRequestMessage(method, $"{Path}/proxy{path}") { Content = content };
        request.Headers.Add("X-Service-Token", Token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async Task<string> Text(string path, CancellationToken cancellationToken)
    {
        using var answer = await Send(HttpMethod.Get, path, cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Sends bytes as they are, and reads until the server closes.</summary>
    public async Task<string> Raw(string head, CancellationToken cancellationToken, string body = "")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Http.BaseAddress!.Host, Http.BaseAddress.Port, cancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n" + body), cancellationToken);
        using var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received, cancellationToken).WaitAsync(Eventually.Deadline, cancellationToken);
        }
        catch (IOException)
        {
            // Closed with bytes of ours unread.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }

    public HttpClient Stranger() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Http.BaseAddress };

    public async Task Stop(CancellationToken cancellationToken) => Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete(Path, cancellationToken));
}
