using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Audit;

/// <summary>What is done with tenants, keys and artifacts is on record before it is answered, or it is not done.</summary>
public sealed class AuditRecordTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEnumerable<(string Tenant, string Action, string Outcome)> Recorded =>
        _server.Audit.Events.Select(static what => (what.TenantId, what.Action, what.Outcome));

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Tenant_Made_BeginsItsOwnRecord()
    {
        await _server.Client.PostJson("/v1/tenants", """{"id": "new", "name": "New"}""");
        await _server.Client.PostJson("/v1/tenants", """{"id": "new", "name": "Again"}""");

        var made = Assert.Single(_server.Audit.Events);
        Assert.Equal(("new", AuditActions.TenantCreated, "operator", "new"), (made.TenantId, made.Action, made.Actor.AgentId, made.Resource.Id));
    }

    [Fact]
    public async Task Key_MadeAndRemoved_IsOnRecordWithoutTheKey()
    {
        var (id, key) = await MakeKey(Roles.Member);
        await _server.Client.Delete($"/v1/api-keys/{id}");
        await _server.Client.Delete($"/v1/api-keys/{id}");

        Assert.Equal([("default", AuditActions.ApiKeyCreated, AuditOutcomes.Succeeded), ("default", AuditActions.ApiKeyDeleted, AuditOutcomes.Succeeded)], Recorded);
        Assert.All(_server.Audit.Events, what => Assert.Equal(id, what.Resource.Id));
        Assert.DoesNotContain(_server.Audit.Events.SelectMany(static what => what.Details), detail => detail.Value.Contains(key[4..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_OfAHigherRole_IsRefusedOnRecord()
    {
        var (_, admin) = await MakeKey(Roles.Admin);
        using var client = _server.NewClient(admin);

        await (await client.PostJson("/v1/api-keys", """{"name": "n", "role": "operator"}""")).AssertProblem(HttpStatusCode.Forbidden, "forbidden");

        var refused = _server.Audit.Events.Last();
        Assert.Equal((AuditActions.ApiKeyDenied, AuditOutcomes.Denied, "forbidden"), (refused.Action, refused.Outcome, refused.Cause));
        Assert.Contains(new KeyValuePair<string, string>("rule", "role"), refused.Details);
    }

    [Fact]
    public async Task Route_ThatTheRoleMayNotUse_IsRefusedOnRecord()
    {
        var (_, member) = await MakeKey(Roles.Member);
        using var client = _server.NewClient(member);

        await (await client.Get("/v1/tenants")).AssertProblem(HttpStatusCode.Forbidden, "forbidden");

        var refused = _server.Audit.Events.Last();
        Assert.Equal(("default", AuditActions.AccessDenied, "GET /v1/tenants"), (refused.TenantId, refused.Action, refused.Resource.Id));
        Assert.Equal([new("rule", "role"), new("needed", "operator")], refused.Details);
    }

    [Fact]
    public async Task Artifact_Removed_IsOnRecord()
    {
        var info = _server.Artifacts.Add("default", "a", [1]);

        Assert.Equal(HttpStatusCode.NoContent, (await _server.Client.Delete($"/v1/artifacts/{info.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Client.Delete($"/v1/artifacts/{info.Id}")).StatusCode);

        Assert.Equal([("default", AuditActions.ArtifactDelete, AuditOutcomes.Allowed)], Recorded);
    }

    [Fact]
    public async Task Action_ThatCannotBeRecorded_IsAFaultAndNotDone()
    {
        var (kept, key) = await MakeKey(Roles.Member);
        using var member = _server.NewClient(key);
        var info = _server.Artifacts.Add("default", "a", [1]);
        _server.Audit.Fails = true;

        HttpResponseMessage[] answers =
        [
            await _server.Client.PostJson("/v1/tenants", """{"id": "new", "name": "New"}"""),
            await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "member"}"""),
            await _server.Client.Delete($"/v1/api-keys/{kept}"),
            await _server.Client.Delete($"/v1/artifacts/{info.Id}"),
            await member.Get("/v1/tenants"),
        ];

        foreach (var answer in answers)
            await answer.AssertProblem(HttpStatusCode.InternalServerError, "internal_error");
        Assert.Null(await _server.Services.GetRequiredService<ITenantStore>().Find("new", Cancel));
        Assert.Equal(kept, Assert.Single((await _server.Services.GetRequiredService<IApiKeyStore>().List("default", true, null, 10, Cancel)).Items).Id.ToString());
        Assert.Equal(HttpStatusCode.OK, (await _server.Client.Get($"/v1/artifacts/{info.Id}")).StatusCode);
    }

    private async Task<(string Id, string Key)> MakeKey(string role)
    {
        var made = await (await _server.Client.PostJson("/v1/api-keys", $$"""{"name": "n", "role": "{{role}}"}""")).Json();
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }
}
