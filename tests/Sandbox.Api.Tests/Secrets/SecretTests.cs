using System.Net;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Secrets;

public sealed class SecretTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly string _name = $"S{Guid.NewGuid():N}";

    private string Path => $"/v1/secrets/{_name}";

    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string, string> Wrong => new()
    {
        { "[]", "$" },
        { "{}", "value" },
        { """{"value": "seven77"}""", "value" },
        { """{"value": 12345678}""", "value" },
        { """{"value": "12345678", "valueBase64": "MTIzNDU2Nzg="}""", "value" },
        { """{"valueBase64": "no base64"}""", "valueBase64" },
        { """{"valueBase64": "AAAAAAAAAAAAAAAA"}""", "valueBase64" },
        { """{"value": "12345678", "as": "variable"}""", "as" },
        { """{"value": "12345678", "kind": "file"}""", "kind" },
        { """{"value": "12345678", "as": "file", "hosts": ["a.example"]}""", "hosts" },
        { """{"value": "12345678", "as": "environment", "header": "X: {}"}""", "header" },
        { """{"value": "12345678", "as": "header"}""", "hosts" },
        { """{"value": "12345678", "hosts": []}""", "hosts" },
        { """{"value": "12345678", "hosts": ["*.example", "10.0.0.1", "a.example:0", "a..example", "a.example/x", "b.example"]}""", "hosts[0] hosts[1] hosts[2] hosts[3] hosts[4]" },
        { """{"value": "12345678", "hosts": ["a.example"], "header": "Authorization"}""", "header" },
        { """{"value": "12345678", "hosts": ["a.example"], "header": "Host: {}"}""", "header" },
        { """{"value": "12345678", "hosts": ["a.example"], "header": "X: {} {}"}""", "header" },
        { """{"value": "12345678", "hosts": ["a.example"], "header": "X: a\r\nY: {}"}""", "header" },
        { """{"value": "1234\n5678", "hosts": ["a.example"]}""", "value" },
    };

    [Fact]
    public async Task List_PastTheLongestName_GoesOn()
    {
        var names = new[] { "A", "B" }.Select(last => _name + new string('_', SecretName.Longest - _name.Length - 1) + last).ToList();
        foreach (var name in names)
            Assert.True((await Client.PutJson($"/v1/secrets/{name}", """{"value": "12345678"}""")).IsSuccessStatusCode);

        var found = new List<string>();
        for (var cursor = (string?)""; cursor is not null;)
        {
            var page = await (await Client.Get($"/v1/secrets?limit=1{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}")).Json();
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }

        Assert.Equal(names, found.Where(names.Contains));
    }

    [Fact]
    public async Task Put_ThenRead_TellsAllButTheValue()
    {
        var first = await Client.PutJson(Path, """{"value": "the-planted-value", "hosts": ["API.example.com:443", "b.example:8443"]}""");
        var second = await Client.PutJson(Path, """{"value": "the-planted-value", "as": "file"}""");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(Path, first.Headers.Location!.ToString());
        var header = await first.Json();
        Assert.Equal(("header", "Authorization: Bearer {}", 1), (header.GetProperty("as").GetString(), header.GetProperty("header").GetString(), header.GetProperty("version").GetInt32()));
        Assert.Equal(["api.example.com", "b.example:8443"], header.GetProperty("hosts").EnumerateArray().Select(host => host.GetString()!));
        var read = await (await Client.Get(Path)).Text();
        Assert.Contains("\"version\":2", read, StringComparison.Ordinal);
        var list = await (await Client.Get("/v1/secrets?limit=1000")).Text();
        Assert.Contains(_name, list, StringComparison.Ordinal);
        foreach (var text in new[] { await first.Text(), await second.Text(), read, list })
            Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Wrong))]
    public async Task Put_WrongMembers_NamesExactlyThemAndNothingOfTheValue(string body, string paths)
    {
        var response = await Client.PutJson(Path, body);

        Assert.Equal(paths.Split(' '), await response.AssertInvalid());
        Assert.DoesNotContain("12345678", await response.Text(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.Get(Path)).StatusCode);
    }

    [Theory]
    [InlineData("1TOKEN")]
    [InlineData("A-B")]
    [InlineData("PATH")]
    [InlineData("%C3%84")]
    public async Task Put_ANameThatNoVariableShouldHave_IsRefused(string name) =>
        Assert.Equal(["name"], await (await Client.PutJson($"/v1/secrets/{name}", """{"value": "12345678"}""")).AssertInvalid());

    [Fact]
    public async Task Delete_Stored_IsGone()
    {
        await Client.PutJson(Path, """{"value": "the-planted-value"}""");

        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync(Path, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.DeleteAsync(Path, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.Get(Path)).StatusCode);
        var events = fixture.Server.Secrets.Events.Where(what => what.Resource.Id == _name).ToList();
        Assert.Equal([AuditActions.SecretStored, AuditActions.SecretDeleted], events.Select(what => what.Action));
        Assert.DoesNotContain(events, what => what.Details.Any(detail => detail.Value.Contains("planted", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"language": "python", "code": "1", "env": {"A": "b"}, "secrets": ["A"]}""", "/v1/jobs", "secrets[0]")]
    [InlineData("""{"secrets": ["A", "A"]}""", "/v1/sessions", "secrets[1]")]
    public async Task Post_SecretsThatAreMeantTwice_AreRefused(string body, string path, string field) =>
        Assert.Equal([field], await (await Client.PostJson(path, body)).AssertInvalid());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
