using System.Net;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>What pages of jobs and sessions send, and what they refuse to take.</summary>
public sealed class WorkPageTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.Start(cluster);
        _browser = await Browser.SignedIn(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Picture_OfAStep_IsSentSoThatNothingInItRuns()
    {
        var path = $"/dashboard/sessions/{(await WorkResources.NewSession(_server))["{id}"]}/steps/1/results";

        using var picture = await _browser.Get($"{path}/0");
        using var text = await _browser.Get($"{path}/1");
        using var none = await _browser.Get($"{path}/2");

        Assert.Equal("image/png", picture.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", picture.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'; sandbox", picture.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (text.StatusCode, none.StatusCode));
    }

    [Fact]
    public async Task Output_IsSavedAndNotShown()
    {
        var id = WorkResources.NewJob(_server, cluster)["{id}"];
        using var answer = await _browser.Get($"/dashboard/jobs/{id}/stdout");
        Assert.Equal(("attachment", $"{id}.stdout.txt"), (answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileName));
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Upload_WithoutTheTokenOfAPageOrFromElsewhere_IsRefused()
    {
        var id = (await WorkResources.NewSession(_server))["{id}"];
        var path = $"/dashboard/sessions/{id}/files/content?path=a";
        var token = (FormCheck.HeaderName, await _browser.Token("/dashboard"));

        using var without = await _browser.Send(HttpMethod.Put, path, new ByteArrayContent([1]));
        using var elsewhere = await _browser.Send(HttpMethod.Put, path, new ByteArrayContent([1]), token, ("Origin", "http://evil.example"));
        using var good = await _browser.Send(HttpMethod.Put, path, new ByteArrayContent([1]), token);
        using var nowhere = await _browser.Send(HttpMethod.Put, path.Split('?')[0], new ByteArrayContent([1]), token);

        Assert.Equal(HttpStatusCode.Forbidden, elsewhere.StatusCode);
        Assert.True(without.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError, $"{without.StatusCode}");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (good.StatusCode, nowhere.StatusCode));
    }

    [Fact]
    public async Task Terminal_FromAPageOfAnotherOrigin_IsRefused()
    {
        var path = $"/dashboard/sessions/{(await WorkResources.NewSession(_server))["{id}"]}/terminal/socket";
        using var refused = await _browser.Get(
            path, ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="), ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData("search=half", HttpStatusCode.BadRequest)]
    [InlineData("status=unknown", HttpStatusCode.BadRequest)]
    [InlineData("cursor=none", HttpStatusCode.BadRequest)]
    [InlineData("other=1", HttpStatusCode.BadRequest)]
    [InlineData("status=&search=", HttpStatusCode.OK)]
    [InlineData("search=a%3Db&status=", HttpStatusCode.OK)]
    public async Task Lists_OfEveryKind_TakeWhatIsMeantAndRefuseTheRest(string query, HttpStatusCode status)
    {
        foreach (var list in new[] { "jobs", "sessions", "services", "workflows" })
        {
            using var answer = await _browser.Get($"/dashboard/{list}?{query}");
            Assert.True(answer.StatusCode == status, $"{list}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Search_ForAnId_LeadsToItsPage()
    {
        var id = WorkResources.NewJob(_server, cluster)["{id}"];
        using var answer = await _browser.Get($"/dashboard/jobs?search=+{id}+");
        Assert.Equal((HttpStatusCode.SeeOther, $"/dashboard/jobs/{id}"), (answer.StatusCode, answer.Headers.Location!.ToString()));
    }
}
