using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.E2b;

/// <summary>Every route of the door for E2B's clients, by every role, upon its own and upon another tenant's sandbox; and by every token.</summary>
public sealed class DoorMatrixTests(GrainCluster cluster) : IAsyncLifetime
{
    private const string Other = "acme";

    private static readonly string[] Inside =
    [
        "49983 GET /health", "49983 GET /files?path=a", "49983 POST /files?path=a", "49983 POST /process.Process/List", "49983 POST /process.Process/Start",
        "49983 POST /filesystem.Filesystem/ListDir", "49983 GET /v1/jobs", "49983 GET /mcp", "49999 GET /health", "49999 GET /contexts", "49999 POST /execute",
        "49999 DELETE /contexts/a", "8000 GET /", "8000 GET /v1/sessions", "8000 POST /v1/jobs",
    ];

    private readonly Dictionary<(string Tenant, string Role), HttpClient> _clients = [];
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.Start(cluster);
        foreach (var tenant in new[] { WellKnownTenants.Default, Other })
        {
            foreach (var role in new[] { Roles.Operator, Roles.Admin, Roles.Member, Roles.Auditor })
            {
                var made = await _server.Client.PostJson("/v1/api-keys", $$"""{"name": "{{role}}", "role": "{{role}}"}""", ("X-Tenant-Id", tenant));
                _clients[(tenant, role)] = _server.NewClient((await made.Json()).GetProperty("key").GetString());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task EveryRoute_ByEveryRole_IsForThoseWhoUseTheTenant()
    {
        var routes = ControlRoutes();
        Assert.True(routes.Count >= 20);
        using var stranger = _server.NewClient(key: null);
        foreach (var route in routes)
        {
            Assert.Equal((route, HttpStatusCode.Unauthorized), (route, await StatusOf(stranger, route)));
            foreach (var ((tenant, role), client) in _clients)
            {
                var status = await StatusOf(client, route);
                var isGood = role == Roles.Auditor ? status == HttpStatusCode.Forbidden
                    : status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError)
                        && (tenant != Other || !route.Contains("{id}", StringComparison.Ordinal) || status is HttpStatusCode.NotFound or HttpStatusCode.NotImplemented);
                Assert.True(isGood, $"{route} by {role} of {tenant}: {status}");
            }
        }
    }

    [Fact]
    public async Task EveryRouteIntoASandbox_WithoutItsOwnToken_IsClosed()
    {
        var (mine, theirs) = (await New(WellKnownTenants.Default), await New(Other));
        foreach (var route in Inside)
        {
            var parts = route.Split(' ');
            var closed = parts[0] == "49983" ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
            foreach (var (access, traffic) in new[]
            {
                (null, null), (mine.Traffic, mine.Access), (theirs.Access, theirs.Traffic), (Swapped(mine.Access), Swapped(mine.Traffic)), (mine.Access[..^1], mine.Traffic[..^1]),
            })
            {
                using var answer = await Enter(mine.Id, parts, access, traffic, ApiServer.Key);
                Assert.Equal((route, closed), (route, answer.StatusCode));
            }
        }

        string Swapped(string token) => token.Replace($".{WellKnownTenants.Default}.", $".{Other}.", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sandbox_ThatIsGone_IsSoForItsTokensToo()
    {
        var mine = await New(WellKnownTenants.Default);
        using var killed = await _clients[(WellKnownTenants.Default, Roles.Member)].DeleteAsync(new Uri($"/sandboxes/{mine.Id}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NoContent, killed.StatusCode);
        foreach (var route in Inside)
        {
            using var answer = await Enter(mine.Id, route.Split(' '), mine.Access, mine.Traffic, key: null);
            Assert.Equal((route, HttpStatusCode.BadGateway), (route, answer.StatusCode));
        }
    }

    private List<string> ControlRoutes() => [.. _server.Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(static endpoint => endpoint.Metadata.GetMetadata<ControlErrors>() is not null)
        .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/').Replace("{**rest}", "a", StringComparison.Ordinal)}"))
        .Distinct()];

    private async Task<HttpStatusCode> StatusOf(HttpClient client, string route)
    {
        var parts = route.Split(' ');
        var path = parts[1].Contains("{id}", StringComparison.Ordinal) ? parts[1].Replace("{id}", (await New(WellKnownTenants.Default)).Id, StringComparison.Ordinal) : parts[1];
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), path);
        if (parts[0] is "POST" or "PUT")
            request.Content = new StringContent(path.EndsWith("timeout", StringComparison.Ordinal) ? """{"timeout": 60}""" : """{"templateID": "base"}""", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, Cancel);
        if ((int)answer.StatusCode >= 400)
            Assert.Equal((int)answer.StatusCode, JsonDocument.Parse(await answer.Text()).RootElement.GetProperty("code").GetInt32());
        return answer.StatusCode;
    }

    private async Task<(string Id, string Access, string Traffic)> New(string tenant)
    {
        var made = await (await _clients[(tenant, Roles.Member)].PostJson("/v2/sandboxes", """{"templateID": "base"}""")).Json();
        return (made.GetProperty("sandboxID").GetString()!, made.GetProperty("envdAccessToken").GetString()!, made.GetProperty("trafficAccessToken").GetString()!);
    }

    private async Task<HttpResponseMessage> Enter(string id, string[] route, string? access, string? traffic, string? key)
    {
        using var client = _server.NewClient(key);
        using var request = new HttpRequestMessage(new HttpMethod(route[1]), route[2]);
        request.Headers.Add(SandboxTarget.IdHeader, id);
        request.Headers.Add(SandboxTarget.PortHeader, route[0]);
        if (access is not null)
            request.Headers.Add(SandboxToken.AccessHeader, access);
        if (traffic is not null)
            request.Headers.Add(SandboxToken.TrafficHeader, traffic);
        if (route[1] == "POST")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }
}
