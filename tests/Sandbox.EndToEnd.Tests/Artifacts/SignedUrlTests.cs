using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Artifacts;

/// <summary>Links that need no credential, on real servers: what they open, and everything near them that opens nothing.</summary>
public sealed class SignedUrlTests(SharedServer server)
{
    private static readonly HttpClient s_stranger = new() { Timeout = TimeSpan.FromSeconds(100) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Http => server.Client.Http;

    [Fact]
    public async Task Url_WithoutACredential_OpensThisArtifactForReadingOnly()
    {
        var artifact = await Http.Upload(new ByteArrayContent([1, 2, 3, 4]), "ü%20a.html", Token);
        var url = await Http.MakeUrl(artifact.Id, new { expiresInSeconds = 600 }, Token);

        using var whole = await Ask(HttpMethod.Get, url.Url);
        using var part = await Ask(HttpMethod.Get, url.Url, range: new RangeHeaderValue(1, 2));
        using var head = await Ask(HttpMethod.Head, url.Url);

        Assert.Equal([1, 2, 3, 4], await whole.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(("attachment", "ü a.html"), (whole.Content.Headers.ContentDisposition!.DispositionType, whole.Content.Headers.ContentDisposition.FileNameStar));
        Assert.Equal(["nosniff"], whole.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal([2, 3], await part.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal((HttpStatusCode.OK, 4L), (head.StatusCode, head.Content.Headers.ContentLength));
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch])
        {
            using var other = await Ask(method, url.Url);
            Assert.False(other.IsSuccessStatusCode, method.Method);
        }

        // It opens no other route of the artifact.
        foreach (var path in (string[])["", "/content", "/url"])
        {
            using var other = await Ask(HttpMethod.Get, url.Url.Replace("/signed", path, StringComparison.Ordinal));
            Assert.True(other.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.MethodNotAllowed, $"{path}: {other.StatusCode}");
        }

        Assert.Equal(HttpStatusCode.OK, await server.Client.StatusOf($"/v1/artifacts/{artifact.Id}", Token));
    }

    [Fact]
    public async Task Url_ChangedAnywhere_OpensNothingAndTellsNothing()
    {
        var artifact = await Http.Upload(new ByteArrayContent([1]), "a", Token);
        var other = await Http.Upload(new ByteArrayContent([2]), "b", Token);
        var (url, otherUrl) = ((await Http.MakeUrl(artifact.Id, new { }, Token)).Url, (await Http.MakeUrl(other.Id, new { }, Token)).Url);
        var (parts, otherParts) = (QueryOf(url), QueryOf(otherUrl));
        var headOnly = (await Http.MakeUrl(artifact.Id, new { method = "HEAD" }, Token)).Url;
        string[] wrong =
        [
            url.Replace(artifact.Id, other.Id, StringComparison.Ordinal),
            url.Replace(parts["signature"], otherParts["signature"], StringComparison.Ordinal),
            url.Replace(parts["url"], otherParts["url"], StringComparison.Ordinal),
            url.Replace($"expires={parts["expires"]}", $"expires={long.Parse(parts["expires"]) + 1}", StringComparison.Ordinal),
            url.Replace($"expires={parts["expires"]}", "expires=99999999999", StringComparison.Ordinal),
            $"{url}x",
            $"{url}=",
            $"{url}&signature={parts["signature"]}",
            $"{url}&more=1",
            url[..^1],
            url.Replace("signature=", "Signature=", StringComparison.Ordinal),
            url[..url.IndexOf('?', StringComparison.Ordinal)],
            headOnly,
            url.Replace(artifact.Id, "art_00000000000000000000000000", StringComparison.Ordinal),
        ];

        var answers = new HashSet<string>();
        foreach (var text in wrong)
        {
            using var answer = await Ask(HttpMethod.Get, text);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{text}: {answer.StatusCode}");
            answers.Add(await answer.Content.ReadAsStringAsync(Token));
        }

        // Whatever is wrong, the answer is the same, byte for byte.
        Assert.Single(answers);
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Get, url)).StatusCode);
    }

    [Fact]
    public async Task Url_WhoseTimeIsOver_OpensNothing()
    {
        var artifact = await Http.Upload(new ByteArrayContent([1]), "a", Token);
        var url = await Http.MakeUrl(artifact.Id, new { expiresInSeconds = 1 }, Token);

        await Eventually.True(async () => (await Ask(HttpMethod.Get, url.Url)).StatusCode == HttpStatusCode.Forbidden, "it has expired", Token);

        Assert.True(DateTimeOffset.UtcNow >= url.ExpiresAt);
    }

    [Fact]
    public async Task Artifact_WhoseTimeIsOver_IsGone()
    {
        var artifact = await Http.Upload(new ByteArrayContent([1]), "a", Token, "&expiresInSeconds=1");
        var url = await Http.MakeUrl(artifact.Id, new { expiresInSeconds = 600 }, Token);

        await Eventually.True(async () => await server.Client.StatusOf($"/v1/artifacts/{artifact.Id}", Token) == HttpStatusCode.NotFound, "it has expired", Token);

        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf(artifact.DownloadUrl, Token));
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(HttpMethod.Get, url.Url)).StatusCode);
    }

    [Fact]
    public async Task Url_OfADeletedArtifact_OpensNothing()
    {
        var artifact = await Http.Upload(new ByteArrayContent([1]), "a", Token);
        var url = await Http.MakeUrl(artifact.Id, new { }, Token);

        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete($"/v1/artifacts/{artifact.Id}", Token));

        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(HttpMethod.Get, url.Url)).StatusCode);
    }

    [Fact]
    public async Task Url_RevokedInOneProcess_OpensNothingInAnyAndSurvivesAKillUntilThen()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var artifact = await pair.First.Client.Http.Upload(new ByteArrayContent([1]), "a", Token);
        var url = await pair.First.Client.Http.MakeUrl(artifact.Id, new { expiresInSeconds = 3600 }, Token);
        var elsewhere = new Uri(pair.Second.Client.Http.BaseAddress!, new Uri(url.Url).PathAndQuery).ToString();
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Get, elsewhere)).StatusCode);
        await pair.Kill(1, Token);
        await pair.Restart(1, Token);
        var again = new Uri(pair.First.Client.Http.BaseAddress!, new Uri(url.Url).PathAndQuery).ToString();
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Get, again)).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, await pair.First.Client.Delete($"/v1/artifacts/{artifact.Id}/url/{url.Id}", Token));

        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(HttpMethod.Get, elsewhere)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(HttpMethod.Get, again)).StatusCode);
        var signature = QueryOf(url.Url)["signature"];
        Assert.DoesNotContain(signature, await File.ReadAllTextAsync(data.LogFile, Token), StringComparison.Ordinal);
        var events = await pair.First.Client.Http.GetFromJsonAsync<JsonElement>($"/v1/audit/events?resource={artifact.Id}", Token);
        Assert.DoesNotContain(signature, events.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            ["artifact.created", "artifact.url_created", "artifact.url_revoked", "artifact.url_used", "artifact.url_used"],
            events.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("event").GetProperty("action").GetString()).Order(StringComparer.Ordinal));
        Assert.True((await pair.First.Client.Http.GetFromJsonAsync<JsonElement>("/v1/audit/verify", Token)).GetProperty("valid").GetBoolean());
    }

    private static Dictionary<string, string> QueryOf(string url) =>
        new Uri(url).Query.TrimStart('?').Split('&').Select(static part => part.Split('=', 2)).ToDictionary(static part => part[0], static part => part[1]);

    private static async Task<HttpResponseMessage> Ask(HttpMethod method, string url, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(method, url) { Headers = { Range = range } };
        return await s_stranger.SendAsync(request, Token);
    }
}
