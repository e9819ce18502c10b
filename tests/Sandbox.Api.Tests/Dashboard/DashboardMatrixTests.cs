using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Tests.Tenants;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Testing.Policies;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>Every route of the dashboard, by every role, upon its own and another tenant's resources, against the table.</summary>
public sealed partial class DashboardMatrixTests(GrainCluster cluster) : IAsyncLifetime
{
    private const string Other = "acme";

    // Neither has anything of a tenant, or of anybody.
    private static readonly string[] LeftOut = ["GET /dashboard/assets/{version}/{name}", "GET /dashboard/{**rest}"];

    private static readonly string[] RoleNames = [Roles.Operator, Roles.Admin, Roles.Member, Roles.Auditor];

    private readonly Dictionary<(string Tenant, string Role), string> _keys = [];
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IReadOnlyList<MatrixEntry> Entries => AuthorizationMatrix.Read("DashboardMatrix.txt");

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.Start(cluster);
        foreach (var tenant in new[] { WellKnownTenants.Default, Other })
        {
            foreach (var role in RoleNames)
            {
                var made = await _server.Client.PostJson("/v1/api-keys", $$"""{"name": "{{role}}", "role": "{{role}}"}""", ("X-Tenant-Id", tenant));
                _keys[(tenant, role)] = (await made.Json()).GetProperty("key").GetString()!;
            }
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Matrix_HasEveryRouteOfTheDashboard_AndNoOther()
    {
        var mapped = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static route => route.Metadata.GetMetadata<DashboardMark>() is not null)
            .SelectMany(static route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText!.TrimEnd('/')}"))
            .Except(LeftOut);

        Assert.Equal(mapped.Order(StringComparer.Ordinal), Entries.Select(static entry => $"{entry.Method} {entry.Path.Split('?')[0]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryRoute_WithoutACredential_LeadsToTheSignIn()
    {
        using var stranger = new Browser(_server);
        foreach (var entry in Entries.Where(static entry => !entry.IsOpen))
        {
            using var response = await Send(stranger, entry, await Resources(entry), "/dashboard/sign-in");
            Check(entry, "a stranger", response, response.StatusCode == HttpStatusCode.SeeOther && response.Headers.Location!.ToString().StartsWith("/dashboard/sign-in?", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task EveryRoute_ByEveryRoleOfItsTenant_IsAnsweredAsTheMatrixSays()
    {
        for (var role = 0; role < RoleNames.Length; role++)
        {
            var key = _keys[(WellKnownTenants.Default, RoleNames[role])];
            using var browser = await Browser.SignedIn(_server, key);
            foreach (var entry in Entries.Where(static entry => !entry.IsOpen))
            {
                using var response = await Send(browser, entry, await Resources(entry), "/dashboard");
                var isLetIn = response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.SeeOther or HttpStatusCode.SwitchingProtocols;
                Check(entry, RoleNames[role], response, entry.Allows(role) ? isLetIn : response.StatusCode == HttpStatusCode.Forbidden);
                await Return(browser, entry, key);
            }
        }
    }

    [Fact]
    public async Task EveryRoute_ByEveryRoleOfAnotherTenant_TellsNothing()
    {
        for (var role = 0; role < RoleNames.Length; role++)
        {
            var key = _keys[(Other, RoleNames[role])];
            using var browser = await Browser.SignedIn(_server, key);
            foreach (var entry in Entries.Where(static entry => !entry.IsOpen))
            {
                var resources = await Resources(entry);
                using var response = await Send(browser, entry, resources, "/dashboard");
                Check(entry, $"{RoleNames[role]} of another tenant", response, entry.Allows(role) ? await IsApart(entry, response, resources) : response.StatusCode == HttpStatusCode.Forbidden);
                await Return(browser, entry, key);
            }
        }
    }

    // Some forms sign out, or enter another tenant.
    private static async Task Return(Browser browser, MatrixEntry entry, string key)
    {
        if (entry.Path.EndsWith("/sign-out", StringComparison.Ordinal) || entry.Path.EndsWith("/enter", StringComparison.Ordinal))
            (await browser.SignIn(key)).Dispose();
    }

    private static async Task<bool> IsApart(MatrixEntry entry, HttpResponseMessage response, IReadOnlyDictionary<string, string> resources) => entry.Foreign switch
    {
        "404" => response.StatusCode == HttpStatusCode.NotFound,
        "apart" => response.StatusCode == HttpStatusCode.OK && !(await response.Text()).Contains(resources["{id}"], StringComparison.Ordinal),
        "own" => response.StatusCode == HttpStatusCode.Created,
        _ => response.StatusCode is HttpStatusCode.OK or HttpStatusCode.SeeOther or HttpStatusCode.Conflict or HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed,
    };

    private static void Check(MatrixEntry entry, string who, HttpResponseMessage response, bool isGood) =>
        Assert.True(isGood, $"{entry.Method} {entry.Path} ({entry.Roles} {entry.Foreign}) by {who}: {(int)response.StatusCode} {response.Headers.Location}");

    private static async Task<HttpResponseMessage> Send(Browser browser, MatrixEntry entry, IReadOnlyDictionary<string, string> resources, string formPage)
    {
        var path = resources.Aggregate(entry.Path, static (path, part) => path.Replace(part.Key, part.Value, StringComparison.Ordinal));
        if (entry.Body == "websocket")
            return await browser.Get(path, ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="));
        if (entry.Method == "GET")
            return await browser.Get(path);
        if (entry.Body == "bytes")
            return await browser.Send(new HttpMethod(entry.Method), path, new ByteArrayContent("x"u8.ToArray()), (FormCheck.HeaderName, await browser.Token(formPage)));
        (string, string)[] fields = [.. (entry.Body ?? string.Empty).Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static field => field.Split('=', 2)).Select(static parts => (parts[0], Unique(parts[1])))];
        return await browser.Post(path, formPage, fields);
    }

    // What is made can be made once.
    private static string Unique(string value) => value == "acme2" ? $"t{Guid.NewGuid():N}" : value;

    // A new one for each call: some calls remove it. All belong to the default tenant.
    private async Task<IReadOnlyDictionary<string, string>> Resources(MatrixEntry entry)
    {
        var resources = entry.Path.Split('/', '?') switch
        {
            [_, _, "jobs", ..] => WorkResources.NewJob(_server, cluster),
            [_, _, "artifacts", ..] => WorkResources.NewArtifact(_server),
            [_, _, "sessions", ..] => await WorkResources.NewSession(_server),
            [_, _, "services", ..] => await WorkResources.NewService(_server),
            [_, _, "workflows", ..] => await WorkResources.NewWorkflow(_server),
            [_, _, "policies", ..] => await NewPolicy(),
            [_, _, "keys", ..] => Of(await NewKey()),
            [_, _, "tenants", ..] => Of(WellKnownTenants.Default),
            [_, _, "nodes", ..] => new Dictionary<string, string> { ["{name}"] = MemoryNodes.Name },
            [_, _, "grains", ..] => await NewGrain(),
            _ => new Dictionary<string, string>(),
        };
        Assert.DoesNotMatch(Placeholder(), resources.Aggregate(entry.Path, static (path, part) => path.Replace(part.Key, part.Value, StringComparison.Ordinal)));
        return resources;
    }

    private static Dictionary<string, string> Of(string id) => new() { ["{id}"] = id };

    private async Task<string> NewKey()
    {
        var made = await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "member"}""");
        return (await made.Json()).GetProperty("id").GetString()!;
    }

    private async Task<Dictionary<string, string>> NewPolicy()
    {
        var name = $"p{Guid.NewGuid():N}";
        await cluster.Policies.Append(new PolicyVersion(WellKnownTenants.Default, name, 1, new PolicyDocument(), "agent", DateTimeOffset.UnixEpoch), PolicyStored.Event, Cancel);
        return new() { ["{id}"] = name, ["{name}"] = name, ["{version}"] = "1" };
    }

    private async Task<Dictionary<string, string>> NewGrain()
    {
        var policy = await NewPolicy();
        return new() { ["{type}"] = "policy", ["{**key}"] = $"{WellKnownTenants.Default}/{policy["{name}"]}" };
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();
}
