using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the stores of tenants and of API keys promise, on every backend.</summary>
public abstract class TenantStoreConformance(IStorageFixture fixture)
{
    private readonly ITenantStore _tenants = fixture.Tenants();
    private readonly IApiKeyStore _keys = fixture.ApiKeys();
    private readonly string _tenant = JobTestStates.NewTenant();

    private AuditEvent What => new(
        _tenant, new AuditActor("agent", Roles.Operator), AuditActions.ApiKeyCreated, new AuditResource(AuditResourceTypes.Tenant, _tenant), AuditOutcomes.Succeeded);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_TheDefaultTenant_IsThereFromTheBeginning() =>
        Assert.Equal(WellKnownTenants.Default, (await _tenants.Find(WellKnownTenants.Default, Cancel))?.Id);

    [Fact]
    public async Task Create_ATenantTwice_KeepsTheFirst()
    {
        var tenant = new TenantRecord(_tenant, "Müller & Söhne", JobTestStates.Epoch);

        Assert.True(await _tenants.Create(tenant, What, Cancel));
        Assert.False(await _tenants.Create(tenant with { Name = "other" }, What, Cancel));

        Assert.Equal(tenant, await _tenants.Find(_tenant, Cancel));
        Assert.Null(await _tenants.Find(_tenant + "x", Cancel));
    }

    [Fact]
    public async Task List_OfTenants_PagesThroughEachOnce()
    {
        foreach (var suffix in new[] { "b", "a", "c" })
            await _tenants.Create(new TenantRecord(_tenant + suffix, suffix, JobTestStates.Epoch), What, Cancel);
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await _tenants.List(after, 2, Cancel);
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(static tenant => tenant.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal([_tenant + "a", _tenant + "b", _tenant + "c"], seen.Where(id => id.StartsWith(_tenant, StringComparison.Ordinal)));
        Assert.Equal(seen.Distinct(), seen);
    }

    [Fact]
    public async Task Create_AKey_IsFoundByItsHashWithEveryMember()
    {
        var hash = RandomNumberGenerator.GetBytes(32);
        var key = Key(0) with { ExpiresAt = JobTestStates.Epoch.AddDays(1) };
        await _keys.Create(key, hash, What, Cancel);

        Assert.Equal(key, await _keys.FindByHash(hash, Cancel));
        Assert.Equal(key, await _keys.Find(key.Id, Cancel));
        Assert.Null(await _keys.FindByHash(RandomNumberGenerator.GetBytes(32), Cancel));
    }

    [Fact]
    public async Task Used_AKey_IsNoted()
    {
        var key = await Add(Key(0));

        await _keys.Used(key.Id, JobTestStates.Epoch.AddHours(3), Cancel);

        Assert.Equal(JobTestStates.Epoch.AddHours(3), (await _keys.Find(key.Id, Cancel))?.LastUsedAt);
    }

    [Fact]
    public async Task Delete_AKey_OpensNothingFromThenOn()
    {
        var hash = RandomNumberGenerator.GetBytes(32);
        var key = Key(0);
        await _keys.Create(key, hash, What, Cancel);

        Assert.True(await _keys.Delete(key.Id, What, Cancel));
        Assert.False(await _keys.Delete(key.Id, What, Cancel));

        Assert.Null(await _keys.FindByHash(hash, Cancel));
        await _keys.Used(key.Id, JobTestStates.Epoch, Cancel);
        Assert.Null(await _keys.Find(key.Id, Cancel));
    }

    [Fact]
    public async Task List_OfKeys_IsNewestFirstAndOfItsTenantOnly()
    {
        var first = await Add(Key(1));
        var second = await Add(Key(2));
        var operators = await Add(Key(3) with { Role = Roles.Operator });
        await Add(Key(4) with { TenantId = _tenant + "x" });

        var page = await _keys.List(_tenant, withOperators: false, null, 1, Cancel);
        var rest = await _keys.List(_tenant, withOperators: false, page.Next, 1, Cancel);

        Assert.Equal([second], page.Items);
        Assert.Equal([first], rest.Items);
        Assert.Null(rest.Next);
        Assert.Equal([operators, second, first], (await _keys.List(_tenant, withOperators: true, null, 10, Cancel)).Items);
    }

    [Fact]
    public async Task PoliciesOf_AnAgent_AreThoseOfItsKeysThatOpenSomething()
    {
        var now = JobTestStates.Epoch.AddDays(1);
        await Add(Key(0) with { AgentId = "bound", Policy = "b" });
        await Add(Key(1) with { AgentId = "bound", Policy = "a" });
        await Add(Key(2) with { AgentId = "bound", Policy = "a" });
        await Add(Key(3) with { AgentId = "bound", Policy = "gone", ExpiresAt = now });
        await Add(Key(4) with { AgentId = "bound", Policy = "other", TenantId = _tenant + "x" });
        await Add(Key(5) with { AgentId = "free", Policy = "a" });
        await Add(Key(6) with { AgentId = "free", Policy = null });

        Assert.Equal(["a", "b"], await _keys.PoliciesOf(_tenant, "bound", now, Cancel));
        Assert.Empty(await _keys.PoliciesOf(_tenant, "free", now, Cancel));
        Assert.Empty(await _keys.PoliciesOf(_tenant, "nobody", now, Cancel));
    }

    private async Task<ApiKeyRecord> Add(ApiKeyRecord key)
    {
        await _keys.Create(key, RandomNumberGenerator.GetBytes(32), What, Cancel);
        return key;
    }

    private ApiKeyRecord Key(int minute) => new(
        ApiKeyId.New(), _tenant, "name", Roles.Member, "agent", "00ff", JobTestStates.Epoch.AddMinutes(minute), null, null, minute % 2 == 0 ? "strict" : null);
}
