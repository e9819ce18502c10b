using System.Net;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Webhooks;

public sealed class WebhookTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Webhook_MadeChangedAndRemoved_ShowsItsSecretOnce()
    {
        var answer = await Client.PostJson("/v1/webhooks", """{"url": "https://example.com/a", "types": ["job.ended", "session.*"], "description": "d"}""");
        var made = await answer.Json();
        var path = $"/v1/webhooks/{made.GetProperty("id").GetString()}";
        using var patch = new HttpRequestMessage(HttpMethod.Patch, path) { Content = new StringContent("""{"types": []}""", null, "application/json") };
        var changed = await (await Client.SendAsync(patch, TestContext.Current.CancellationToken)).Json();

        Assert.Equal((HttpStatusCode.Created, path), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Equal("whsec_new", made.GetProperty("secret").GetString());
        Assert.Equal(0, changed.GetProperty("types").GetArrayLength());
        Assert.DoesNotContain("secret", await (await Client.Get(path)).Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("whsec", await (await Client.Get("/v1/webhooks")).Text(), StringComparison.Ordinal);
        Assert.Equal("whsec_other", (await (await Client.PostJson($"{path}/rotate-secret", "{}")).Json()).GetProperty("secret").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.Get(path)).StatusCode);
    }

    [Fact]
    public async Task Deliveries_OfAWebhook_ComeInPages()
    {
        var id = (await (await Client.PostJson("/v1/webhooks", """{"url": "https://example.com/a"}""")).Json()).GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.Accepted, (await Client.PostJson($"/v1/webhooks/{id}/test", "{}")).StatusCode);

        var first = await (await Client.Get($"/v1/webhooks/{id}/deliveries")).Json();
        var second = await (await Client.Get($"/v1/webhooks/{id}/deliveries?cursor={first.GetProperty("nextCursor").GetString()}")).Json();

        var delivery = Assert.Single(first.GetProperty("items").EnumerateArray());
        Assert.Equal(("webhook.test", "pending"), (delivery.GetProperty("type").GetString(), delivery.GetProperty("status").GetString()));
        Assert.False(second.TryGetProperty("nextCursor", out _));
    }

    [Theory]
    [InlineData("{}", "url")]
    [InlineData("""{"url": 3, "types": "job.ended"}""", "types url")]
    [InlineData("""{"url": "https://a", "types": ["job.ended", "job", "*.ended", ""]}""", "types[1] types[2] types[3]")]
    [InlineData("""{"url": "https://a", "enabled": true}""", "enabled")]
    public async Task Create_ThatIsNone_NamesEveryFault(string body, string fields) =>
        Assert.Equal(fields.Split(' '), await (await Client.PostJson("/v1/webhooks", body)).AssertInvalid());

    [Theory]
    [InlineData("limit=0")]
    [InlineData("cursor=x")]
    public async Task Deliveries_WithAWrongPage_NameTheFault(string query)
    {
        var id = (await (await Client.PostJson("/v1/webhooks", """{"url": "https://example.com/a"}""")).Json()).GetProperty("id").GetString();

        Assert.Equal([query.Split('=')[0]], await (await Client.Get($"/v1/webhooks/{id}/deliveries?{query}")).AssertInvalid());
    }
}
