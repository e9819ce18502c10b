using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Templates;

public sealed class TemplateTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    private ScriptedImports Imports => fixture.Server.Services.GetRequiredService<ScriptedImports>();

    /// <summary>Requests for a template, and the paths that the answer must name, all and no other.</summary>
    public static TheoryData<string, string> WrongTemplates => new()
    {
        { "[]", "$" },
        { "{}", "name from folder" },
        { """{"name": "a"}""", "from folder" },
        { """{"name": "a", "from": "default", "folder": "/srv"}""", "from folder" },
        { """{"name": "A", "from": "default"}""", "name" },
        { """{"name": "", "from": "default"}""", "name" },
        { """{"name": "../a", "from": "default"}""", "name" },
        { """{"name": 1, "from": "default"}""", "name" },
        { """{"name": "a", "folder": "srv"}""", "folder" },
        { """{"name": "a", "folder": "/srv\u0000"}""", "folder" },
        { """{"name": "a", "folder": "/srv", "packages": {"python": ["numpy"]}}""", "packages" },
        { """{"name": "a", "from": "default", "description": "\u001b"}""", "description" },
        { """{"name": "a", "from": "default", "env": {"A=B": "x"}}""", "env.A=B" },
        { """{"name": "a", "from": "default", "startCommand": []}""", "startCommand" },
        { """{"name": "a", "from": "default", "startCommand": ["/bin/sh", "\u0000"]}""", "startCommand[1]" },
        { """{"name": "a", "from": "default", "preloads": {"python": ["numpy", "a b", "../x", ""]}}""", "preloads.python[1] preloads.python[2] preloads.python[3]" },
        { """{"name": "a", "from": "default", "preloads": {"javascript": ["/workspace/x.js"]}}""", "preloads.javascript[0]" },
        { """{"name": "a", "from": "default", "preloads": {"bash": ["x"]}}""", "preloads.bash" },
        { """{"name": "a", "from": "default", "image": "x"}""", "image" },
    };

    [Fact]
    public async Task Create_FromAnother_AnswersWithTheTemplate()
    {
        var response = await Client.PostJson("/v1/templates", """
            {"name": "data", "from": "default", "description": "d", "env": {"A": "b"}, "startCommand": ["/bin/true"],
             "preloads": {"python": ["os.path", "numpy"], "javascript": ["@scope/name", "node:fs"]}}
            """);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/v1/templates/data", response.Headers.Location!.ToString());
        var template = await response.Json();
        Assert.Equal(("data", "ready", "template", "default"), (Text(template, "name"), Text(template, "status"), Text(template, "source"), Text(template, "from")));
        Assert.Equal(["bash", "javascript", "python"], template.GetProperty("languages").EnumerateArray().Select(item => item.GetString()!));
        Assert.Equal("sha256:00ff", Text(template, "digest"));
        Assert.Equal("numpy", template.GetProperty("preloads").GetProperty("python")[1].GetString());
    }

    [Fact]
    public async Task Create_FromAFolder_DoesNotTellThePath()
    {
        var template = await (await Client.PostJson("/v1/templates", """{"name": "local", "folder": "/srv/image"}""")).Json();
        Assert.Equal("folder", Text(template, "source"));
        Assert.False(template.TryGetProperty("from", out _));
    }

    [Theory]
    [InlineData("application/x-tar")]
    [InlineData("application/gzip")]
    [InlineData("application/octet-stream")]
    public async Task Create_FromAnArchive_TakesTheRestFromTheQuery(string type)
    {
        var response = await Send("name=science&description=d&env.A=b%3Dc&preloads.python=numpy,%20pandas&preloads.javascript=fs&startCommand=%5B%22/bin/true%22%5D", "bytes", type);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var (spec, archive) = Imports.Told.Last();
        Assert.Equal(("science", "d", "bytes", "b=c"), (spec.Name, spec.Description, archive, spec.Env["A"]));
        Assert.Equal(["numpy", "pandas"], spec.Preloads["python"]);
        Assert.Equal(["/bin/true"], spec.StartCommand);
    }

    [Theory]
    [InlineData("", "name")]
    [InlineData("name=a&other=1", "other")]
    [InlineData("name=a&name=b", "name")]
    [InlineData("name=a&startCommand=true", "startCommand")]
    [InlineData("name=a&startCommand=[", "startCommand")]
    [InlineData("name=a&preloads.python=a%20b", "preloads.python[0]")]
    [InlineData("name=a&env.1=x", "env.1")]
    [InlineData("name=a&wait=61", "wait")]
    public async Task Create_WrongQuery_NamesTheParameter(string query, string path) => Assert.Equal([path], Paths(await Send(query, "bytes", "application/x-tar")));

    [Fact]
    public async Task Create_ArchiveThatIsBad_SaysWhy() =>
        await (await Send("name=a", "bad", "application/x-tar")).AssertProblem(HttpStatusCode.UnprocessableEntity, "template_invalid");

    [Fact]
    public async Task Create_AnotherType_IsUnsupported() =>
        await (await Send("name=a", "x", "text/plain")).AssertProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");

    [Theory]
    [MemberData(nameof(WrongTemplates))]
    public async Task Create_WrongMembers_NamesExactlyThem(string body, string paths) =>
        Assert.Equal(paths.Split(' ').Order(StringComparer.Ordinal), Paths(await Client.PostJson("/v1/templates", body)));

    [Fact]
    public async Task Create_WithPackages_ShowsThem()
    {
        var response = await Client.PostJson("/v1/templates", """{"name": "p", "from": "default", "packages": {"python": ["numpy>=2"]}}""");
        var packages = (await response.Json()).GetProperty("packages");
        Assert.Equal("numpy>=2", packages.GetProperty("python")[0].GetString());
        Assert.False(packages.TryGetProperty("node", out _));
    }

    [Fact]
    public async Task Create_StillComing_IsAccepted()
    {
        var response = await Client.PostJson("/v1/templates", """{"name": "slow", "from": "default"}""");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var template = await response.Json();
        Assert.Equal("importing", Text(template, "status"));
        Assert.False(template.TryGetProperty("languages", out _));
        Assert.Equal("slow", Text(await (await Client.Get("/v1/templates/slow")).Json(), "name"));
    }

    [Fact]
    public async Task GetListAndRemove_AnswerAsTheOthersDo()
    {
        foreach (var name in new[] { "l1", "l2", "l3" })
            await Client.PostJson("/v1/templates", $$"""{"name": "{{name}}", "from": "default"}""");

        var page = await (await Client.Get("/v1/templates?limit=1")).Json();
        Assert.Equal(1, page.GetProperty("items").GetArrayLength());
        var next = await Client.Get($"/v1/templates?limit=1000&cursor={Text(page, "nextCursor")}");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        await (await Client.Get("/v1/templates?cursor=x")).AssertProblem(HttpStatusCode.BadRequest, "invalid_request");
        await (await Client.Get("/v1/templates/UPPER")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Get("/v1/templates/absent")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync("/v1/templates/l1", TestContext.Current.CancellationToken)).StatusCode);
        await (await Client.DeleteAsync("/v1/templates/used", TestContext.Current.CancellationToken)).AssertProblem(HttpStatusCode.Conflict, "template_in_use");
    }

    [Theory]
    [InlineData("operator", HttpStatusCode.Created, HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.Created, HttpStatusCode.OK)]
    [InlineData("member", HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    [InlineData("auditor", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Roles_MakeAndRead_AsFarAsTheyMay(string role, HttpStatusCode make, HttpStatusCode read)
    {
        await using var server = await ApiServer.Start(fixture.Cluster, static services => services.Configure<AuthenticationOptions>(static options =>
        {
            options.AddScheme<RoleHandler>(RoleHandler.SchemeName, null);
            options.DefaultScheme = RoleHandler.SchemeName;
        }).AddTransient<RoleHandler>());
        using var client = server.NewClient(role);

        Assert.Equal(make, (await client.PostJson("/v1/templates", """{"name": "by-role", "from": "default"}""")).StatusCode);
        Assert.Equal(make == HttpStatusCode.Created ? HttpStatusCode.NoContent : make, (await client.DeleteAsync("/v1/templates/by-role", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(read, (await client.Get("/v1/templates")).StatusCode);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<string> Paths(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var document = JsonDocument.Parse(response.Content.ReadAsStream());
        return document.RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal).ToList();
    }

    private async Task<HttpResponseMessage> Send(string query, string body, string type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        return await Client.PostAsync("/v1/templates?" + query, content, TestContext.Current.CancellationToken);
    }
}
