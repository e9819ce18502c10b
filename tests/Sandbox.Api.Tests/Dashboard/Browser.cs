using System.Net;
using System.Text.RegularExpressions;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>A browser without scripts: it keeps cookies, and sends forms with the token of the page that they are on.</summary>
internal sealed partial class Browser(ApiServer server) : IDisposable
{
    private readonly CookieContainer _cookies = new();

    private HttpClient? _client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HttpClient Client => _client ??= new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = server.Address };

    public CookieCollection Cookies => _cookies.GetAllCookies();

    public static async Task<Browser> SignedIn(ApiServer server, string key = ApiServer.Key)
    {
        var browser = new Browser(server);
        using var answer = await browser.SignIn(key);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    public Task<HttpResponseMessage> SignIn(string key, string? back = null) =>
        Post("/dashboard/sign-in", "/dashboard/sign-in", ("credential", key), ("return", back ?? "/dashboard"));

    public Task<HttpResponseMessage> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    /// <summary>Sends a form from a page.</summary>
    public async Task<HttpResponseMessage> Post(string path, string from, params (string Name, string Value)[] fields)
    {
        var token = await Token(from);
        return await Send(HttpMethod.Post, path, new FormUrlEncodedContent([.. fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("__RequestVerificationToken", token)]));
    }

    /// <summary>The token of a form on a page.</summary>
    public async Task<string> Token(string page)
    {
        using var answer = await Get(page);
        var match = TokenField().Match(await answer.Text());
        Assert.True(match.Success, $"{page} ({(int)answer.StatusCode}) has no form");
        return match.Groups["token"].Value;
    }

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Accept", "text/html");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    public void Dispose() => _client?.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex TokenField();
}
