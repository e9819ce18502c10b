using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Mcp;

/// <summary>Who comes in, and what of another tenant is told: nothing.</summary>
public sealed class AccessTests(GrainCluster cluster)
{
    private const string Issuer = "https://issuer.example.com";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryTool_ByRole_IsForThoseWhoUseSandboxes()
    {
        await using var server = await ApiServer.Start(cluster);
        using var stranger = server.NewClient(key: null);
        using var auditor = await ClientOf(server, Roles.Auditor);
        using var member = await ClientOf(server, Roles.Member);
        foreach (var tool in await McpWire.Tools(member))
        {
            var name = tool.GetProperty("name").GetString()!;
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(stranger, Call(name)));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusOf(auditor, Call(name)));
            Assert.Equal("invalid_request", McpWire.Problem(await McpWire.Call(member, name, new JsonObject { ["nonsense"] = 1 })).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task EveryTool_UponWhatIsAnotherTenants_FindsNothing()
    {
        await using var server = await ApiServer.Start(cluster);
        using var member = await ClientOf(server, Roles.Member);
        using var foreigner = await ClientOf(server, Roles.Member, "acme");
        var session = (await McpWire.Call(member, "create_session", [])).GetProperty("structuredContent").GetProperty("id").GetString();
        var job = (await McpWire.Call(member, "run_code", new JsonObject { ["code"] = "1", ["waitSeconds"] = 0 })).GetProperty("structuredContent").GetProperty("jobId").GetString();
        var extra = new Dictionary<string, JsonObject>
        {
            ["run_code"] = new() { ["code"] = "1" }, ["run_command"] = new() { ["shell"] = "true" }, ["update_session"] = new() { ["ttlSeconds"] = 60 },
            ["start_command"] = new() { ["shell"] = "true" }, ["signal_command"] = new() { ["signal"] = "SIGTERM" }, ["write_file"] = new() { ["content"] = "" },
        };
        var checkedTools = 0;
        foreach (var tool in await McpWire.Tools(foreigner))
        {
            var (name, members) = (tool.GetProperty("name").GetString()!, tool.GetProperty("inputSchema").GetProperty("properties"));
            if (!members.TryGetProperty("sessionId", out _) && !members.TryGetProperty("jobId", out _))
                continue;
            var arguments = extra.GetValueOrDefault(name)?.DeepClone().AsObject() ?? [];
            foreach (var (argument, value) in new (string, JsonNode)[] { ("path", "a"), ("from", "a"), ("to", "b"), ("step", 1), ("number", 1) })
            {
                if (members.TryGetProperty(argument, out var schema) && schema.GetProperty("type").GetString() == (value.GetValueKind() == System.Text.Json.JsonValueKind.String ? "string" : "integer"))
                    arguments[argument] = value;
            }

            if (members.TryGetProperty("jobId", out _))
            {
                arguments.Remove("step");
                arguments["jobId"] = job;
            }
            else
            {
                arguments["sessionId"] = session;
            }

            Assert.Equal("not_found", McpWire.Problem(await McpWire.Call(foreigner, name, arguments)).GetProperty("code").GetString());
            checkedTools++;
        }

        Assert.True(checkedTools > 18, $"{checkedTools}");
    }

    [Theory]
    [InlineData("evil.example.com", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "https://evil.example.com", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", HttpStatusCode.Forbidden)]
    [InlineData(null, "http://localhost:3000", HttpStatusCode.OK)]
    [InlineData("allowed.example.com", "https://page.example.com", HttpStatusCode.OK)]
    [InlineData("public.example.com", "https://public.example.com", HttpStatusCode.OK)]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    public async Task Request_OfAnotherHostOrOrigin_IsRefused(string? host, string? origin, HttpStatusCode expected)
    {
        await using var server = await ApiServer.Start(
            cluster, null, ("Api:PublicUrl", "https://public.example.com"), ("Mcp:AllowedHosts:0", "allowed.example.com"), ("Mcp:AllowedOrigins:0", "https://page.example.com"));
        using var message = McpWire.Message("server/discover");
        message.Headers.Host = host;
        if (origin is not null)
            message.Headers.Add("Origin", origin);
        Assert.Equal(expected, await StatusOf(server.Client, message));
    }

    [Fact]
    public async Task Stranger_WhereThereIsAnIssuer_IsToldWhereTokensAreToBeHad()
    {
        await using var server = await ApiServer.Start(
            cluster,
            null,
            ("Authentication:Schemes:Bearer:ValidIssuer", Issuer),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", "sandbox"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", Issuer),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(new byte[32])));
        using var stranger = server.NewClient(key: null);
        using var refused = await stranger.SendAsync(McpWire.Message("tools/list"), Token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains($"resource_metadata=\"{server.Address}.well-known/oauth-protected-resource/mcp\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        foreach (var path in new[] { "/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp" })
        {
            var document = await (await stranger.Get(path)).Json();
            Assert.Equal($"{server.Address}mcp", document.GetProperty("resource").GetString());
            Assert.Equal(Issuer, document.GetProperty("authorization_servers")[0].GetString());
        }
    }

    [Fact]
    public async Task Stranger_WithoutAnIssuer_IsToldOfKeysAlone()
    {
        await using var server = await ApiServer.Start(cluster);
        using var stranger = server.NewClient(key: null);
        using var refused = await stranger.SendAsync(McpWire.Message("tools/list"), Token);
        Assert.Equal("Bearer realm=\"sandbox\"", refused.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get("/.well-known/oauth-protected-resource")).StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task OtherMethods_AreNotAllowed(string method)
    {
        await using var server = await ApiServer.Start(cluster);
        using var message = new HttpRequestMessage(new HttpMethod(method), "/mcp");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusOf(server.Client, message));
    }

    private static HttpRequestMessage Call(string tool) => McpWire.Message("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = new JsonObject() }, tool);

    private static async Task<HttpStatusCode> StatusOf(HttpClient client, HttpRequestMessage message)
    {
        using var response = await client.SendAsync(message, Token);
        return response.StatusCode;
    }

    private static async Task<HttpClient> ClientOf(ApiServer server, string role, string tenant = WellKnownTenants.Default)
    {
        var made = await server.Client.PostJson("/v1/api-keys", $$"""{"name": "mcp", "role": "{{role}}"}""", ("X-Tenant-Id", tenant));
        return server.NewClient((await made.Json()).GetProperty("key").GetString());
    }
}
