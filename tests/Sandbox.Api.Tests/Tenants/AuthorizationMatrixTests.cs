using System.Net;
using System.Text;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Testing.Policies;
using Sandbox.Testing.Storage;

namespace Sandbox.Api.Tests.Tenants;

/// <summary>Every route, by every role, upon its own and upon another tenant's resources, against the table.</summary>
public sealed class AuthorizationMatrixTests(GrainCluster cluster) : IAsyncLifetime
{
    private const string Other = "acme";

    private static readonly string[] RoleNames = [Roles.Operator, Roles.Admin, Roles.Member, Roles.Auditor];

    private readonly Dictionary<(string Tenant, string Role), HttpClient> _clients = [];
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Operator => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.Start(cluster);
        foreach (var tenant in new[] { WellKnownTenants.Default, Other })
        {
            foreach (var role in RoleNames)
            {
                var made = await Operator.PostJson("/v1/api-keys", $$"""{"name": "{{role}}", "role": "{{role}}"}""", ("X-Tenant-Id", tenant));
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
    public async Task Matrix_HasEveryRouteOfTheDocument_AndNoOther()
    {
        var document = await (await Operator.Get("/openapi/v1.json")).Json();
        string[] methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
        var described =
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where methods.Contains(operation.Name)
            select $"{operation.Name.ToUpperInvariant()} {path.Name}";

        Assert.Equal(described.Order(StringComparer.Ordinal), AuthorizationMatrix.Read().Select(static entry => $"{entry.Method} {entry.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryRoute_WithoutACredential_IsClosedUnlessTheMatrixOpensIt()
    {
        using var stranger = _server.NewClient(key: null);
        foreach (var entry in AuthorizationMatrix.Read())
        {
            using var response = await Send(stranger, entry, await Resources(entry));
            Check(entry, "a stranger", response, (response.StatusCode == HttpStatusCode.Unauthorized) != entry.IsOpen);
        }
    }

    [Fact]
    public async Task EveryRoute_ByEveryRoleOfItsTenant_IsAnsweredAsTheMatrixSays()
    {
        foreach (var entry in AuthorizationMatrix.Read().Where(static entry => !entry.IsOpen))
        {
            for (var role = 0; role < RoleNames.Length; role++)
            {
                using var response = await Send(_clients[(WellKnownTenants.Default, RoleNames[role])], entry, await Resources(entry));
                // What is let in is also found: otherwise a route that finds nothing for anybody would pass.
                var isLetIn = response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
                    && response.StatusCode < HttpStatusCode.InternalServerError;
                Check(entry, RoleNames[role], response, entry.Allows(role) ? isLetIn : response.StatusCode == HttpStatusCode.Forbidden);
            }
        }
    }

    [Fact]
    public async Task EveryRoute_ByEveryRoleOfAnotherTenant_TellsNothing()
    {
        foreach (var entry in AuthorizationMatrix.Read().Where(static entry => !entry.IsOpen))
        {
            for (var role = 0; role < RoleNames.Length; role++)
            {
                var resources = await Resources(entry);
                using var response = await Send(_clients[(Other, RoleNames[role])], entry, resources);
                Check(entry, $"{RoleNames[role]} of another tenant", response, entry.Allows(role) ? await IsApart(entry, response, resources) : response.StatusCode == HttpStatusCode.Forbidden);
            }
        }
    }

    [Fact]
    public async Task EveryRoute_WithAnotherTenantsHeader_IsForOperatorsOnly()
    {
        foreach (var entry in AuthorizationMatrix.Read().Where(static entry => !entry.IsOpen))
        {
            for (var role = 1; role < RoleNames.Length; role++)
            {
                if (!entry.Allows(role))
                    continue;
                using var response = await Send(_clients[(Other, RoleNames[role])], entry, await Resources(entry), ("X-Tenant-Id", WellKnownTenants.Default));
                Check(entry, $"{RoleNames[role]} that names another tenant", response, response.StatusCode == HttpStatusCode.NotFound);
            }
        }
    }

    private static async Task<bool> IsApart(MatrixEntry entry, HttpResponseMessage response, IReadOnlyDictionary<string, string> resources) => entry.Foreign switch
    {
        "404" => response.StatusCode == HttpStatusCode.NotFound,
        "apart" => response.StatusCode == HttpStatusCode.OK && !(await response.Text()).Contains(resources["{id}"], StringComparison.Ordinal),
        "own" => response.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted or HttpStatusCode.OK,
        _ => response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && response.StatusCode < HttpStatusCode.InternalServerError,
    };

    private static void Check(MatrixEntry entry, string who, HttpResponseMessage response, bool isGood) =>
        Assert.True(isGood, $"{entry.Method} {entry.Path} ({entry.Roles} {entry.Foreign}) by {who}: {(int)response.StatusCode}");

    private static async Task<HttpResponseMessage> Send(
        HttpClient client, MatrixEntry entry, IReadOnlyDictionary<string, string> resources, params (string Name, string Value)[] headers)
    {
        var path = resources.Aggregate(entry.Path, static (path, part) => path.Replace(part.Key, part.Value, StringComparison.Ordinal));
        using var request = new HttpRequestMessage(new HttpMethod(entry.Method), path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (entry.Body == "websocket")
        {
            foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==") })
                request.Headers.Add(name, value);
        }
        else if (entry.Body == "bytes")
            request.Content = new ByteArrayContent("x"u8.ToArray()) { Headers = { ContentType = new("application/octet-stream") } };
        else if (entry.Body is not null)
            request.Content = new StringContent(entry.Body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    // A new one for each call: some calls remove it. All belong to the default tenant.
    private async Task<IReadOnlyDictionary<string, string>> Resources(MatrixEntry entry) => entry.Path.Split('/') switch
    {
        [_, "v1", "nodes", ..] => new Dictionary<string, string> { ["{name}"] = MemoryNodes.Name },
        [_, "v1", "tenants", ..] => Of(WellKnownTenants.Default),
        [_, "v1", "api-keys", ..] => Of((await Made("/v1/api-keys", """{"name": "n", "role": "member"}""")).GetProperty("id").GetString()!),
        [_, "v1", "webhooks", ..] => await NewWebhook(),
        [_, "v1", "jobs", ..] => Of(NewJob()),
        [_, "v1", "artifacts", ..] => await NewArtifact(),
        [_, "v1", "templates", ..] => new Dictionary<string, string> { ["{name}"] = (await Made("/v1/templates", """{"name": "t1", "from": "default"}""")).GetProperty("name").GetString()! },
        [_, "v1", "policies", ..] => await NewPolicy(),
        [_, "v1", "secrets", ..] => NewSecret(),
        [_, "v1", "workflows", ..] => await NewWorkflow(),
        [_, "v1", "snapshots", ..] => Of((await Made($"/v1/sessions/{await NewSession()}/snapshot", "{}")).GetProperty("id").GetString()!),
        [_, "v1", "sessions", ..] => Of(await NewSession()),
        [_, "v1", "services", ..] => await NewService(),
        _ => new Dictionary<string, string>(),
    };

    private static Dictionary<string, string> Of(string id) =>
        new() { ["{id}"] = id, ["{sequence}"] = "1", ["{number}"] = "1", ["{path}"] = "a" };

    private async Task<IReadOnlyDictionary<string, string>> NewPolicy()
    {
        var name = $"p{Guid.NewGuid():N}";
        await cluster.Policies.Append(new PolicyVersion(WellKnownTenants.Default, name, 1, new PolicyDocument(), "agent", DateTimeOffset.UnixEpoch), PolicyStored.Event, Cancel);
        return new Dictionary<string, string> { ["{id}"] = name, ["{name}"] = name, ["{version}"] = "1" };
    }

    private async Task<IReadOnlyDictionary<string, string>> NewArtifact()
    {
        var id = _server.Artifacts.Add(WellKnownTenants.Default, "a", [1]).Id;
        var url = await Made($"/v1/artifacts/{id}/url", "{}");
        return new Dictionary<string, string> { ["{id}"] = id, ["{urlId}"] = url.GetProperty("id").GetString()! };
    }

    private async Task<IReadOnlyDictionary<string, string>> NewService()
    {
        var id = (await Made("/v1/services", """{"command": ["true"], "port": 8000}""")).GetProperty("id").GetString()!;
        var token = await Made($"/v1/services/{id}/tokens", "{}");
        return new Dictionary<string, string> { ["{id}"] = id, ["{tokenId}"] = token.GetProperty("id").GetString()! };
    }

    private Dictionary<string, string> NewSecret()
    {
        var name = $"S{Guid.NewGuid():N}";
        _server.Secrets.Set(WellKnownTenants.Default, name, "some value");
        return new Dictionary<string, string> { ["{id}"] = name, ["{name}"] = name };
    }

    private async Task<IReadOnlyDictionary<string, string>> NewWebhook()
    {
        var id = (await Made("/v1/webhooks", """{"url": "https://example.com/"}""")).GetProperty("id").GetString()!;
        var delivery = (await Made($"/v1/webhooks/{id}/test", "{}")).GetProperty("id").GetString()!;
        return new Dictionary<string, string> { ["{id}"] = id, ["{delivery}"] = delivery };
    }

    private async Task<IReadOnlyDictionary<string, string>> NewWorkflow()
    {
        var id = (await Made("/v1/workflows", """{"steps": [{"id": "a", "job": {"language": "python", "code": "1"}}]}""")).GetProperty("id").GetString()!;
        ((MemoryWorkflowMemory)_server.Services.GetService(typeof(MemoryWorkflowMemory))!).Begin(WellKnownTenants.Default, id, "k");
        return new Dictionary<string, string> { ["{id}"] = id, ["{key}"] = "k" };
    }

    private string NewJob()
    {
        var (id, script) = cluster.Jobs.Create(JobStatus.Succeeded);
        _server.Queries.Add(script.View);
        return id.ToString();
    }

    private async Task<string> NewSession()
    {
        var id = (await Made("/v1/sessions", "{}")).GetProperty("id").GetString()!;
        await Made($"/v1/sessions/{id}/steps", """{"code": "1"}""");
        await Made($"/v1/sessions/{id}/commands", """{"command": ["true"], "keepStdinOpen": true}""");
        ((MemorySessionFiles)_server.Services.GetService(typeof(MemorySessionFiles))!).Content["a"] = [1];
        return id;
    }

    private async Task<JsonElement> Made(string path, string body)
    {
        var response = await Operator.PostJson(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Text()}");
        return await response.Json();
    }
}
