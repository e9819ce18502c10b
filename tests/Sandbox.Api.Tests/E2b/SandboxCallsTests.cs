using System.Net;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.E2b;

/// <summary>Calls of the control plane for E2B's clients, and what becomes of the session.</summary>
public sealed class SandboxCallsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Connect_ToOneThatPausesAtItsEnd_ProlongsHowLongNobodyUsesIt_AndNeverEndsIt()
    {
        var made = await Made("""{"templateID": "base", "autoPause": true, "timeout": 60}""");
        var before = await Session(made);

        await Answered(HttpStatusCode.OK, Client.PostJson($"/v2/sandboxes/{made}/connect", """{"timeout": 30}"""));
        Assert.Equal(60, (await Session(made)).GetProperty("idleSeconds").GetDouble());
        await Answered(HttpStatusCode.OK, Client.PostJson($"/v2/sandboxes/{made}/connect", """{"timeout": 300}"""));
        await Answered(HttpStatusCode.NoContent, Client.PostJson($"/sandboxes/{made}/timeout", """{"timeout": 200}"""));

        var after = await Session(made);
        Assert.Equal(200, after.GetProperty("idleSeconds").GetDouble());
        Assert.Equal(before.GetProperty("expiresAt").GetString(), after.GetProperty("expiresAt").GetString());
    }

    [Fact]
    public async Task Code_MayTakeAsLongAsThePlatformLets()
    {
        var limits = (await Session(await Made("""{"templateID": "base"}"""))).GetProperty("limits");
        Assert.Equal(new TestPlatform().MaximumLimits.WallSeconds, limits.GetProperty("wallSeconds").GetDouble());
    }

    [Theory]
    [InlineData("metadata=a%3D1%26%252561%3D2", HttpStatusCode.OK)]
    [InlineData("metadata=a%3D1%26a%3D2%26A%3D3%26%26%3D", HttpStatusCode.OK)]
    [InlineData("metadata={many}", HttpStatusCode.BadRequest)]
    [InlineData("state=gone", HttpStatusCode.BadRequest)]
    [InlineData("nextToken=x", HttpStatusCode.BadRequest)]
    public async Task List_ByWhatNobodyMeans_IsAnsweredAllTheSame(string query, HttpStatusCode expected)
    {
        var many = Uri.EscapeDataString(string.Join('&', Enumerable.Range(0, 1200).Select(static index => $"k{index}=v")));
        await Answered(expected, Client.GetAsync(new Uri($"/v2/sandboxes?{query.Replace("{many}", many, StringComparison.Ordinal)}", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"templateID": "base", "autoPause": true, "autoPauseMemory": false}""")]
    [InlineData("""{"templateID": "base", "allow_internet_access": false}""")]
    [InlineData("""{"templateID": "base", "timeout": 0}""")]
    public async Task Create_WithWhatIsNotDone_IsRefused(string request) =>
        await Answered(HttpStatusCode.BadRequest, Client.PostJson("/v2/sandboxes", request));

    [Theory]
    [InlineData("path=a&path=b&signature=v1_x")]
    [InlineData("path=a&username=u&username=v&signature=v1_x")]
    [InlineData("path=a")]
    [InlineData("path=a&signature=v1_x")]
    public async Task SignedAddress_OfNoSandbox_OpensNothing(string query)
    {
        using var stranger = fixture.Server.NewClient(key: null);
        await Answered(HttpStatusCode.Unauthorized, stranger.GetAsync(new Uri($"/files?{query}", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    private static async Task Answered(HttpStatusCode expected, Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Text()}");
    }

    private async Task<string> Made(string request)
    {
        using var answer = await Client.PostJson("/v2/sandboxes", request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Json()).GetProperty("sandboxID").GetString()!;
    }

    private async Task<JsonElement> Session(string sandbox) => await (await Client.Get($"/v1/sessions/ses_{sandbox}")).Json();
}
