using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Audit;

/// <summary>Stores that take an event write it with what it is about: both, or neither.</summary>
public sealed class AuditedStoreTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    private SqliteFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AuditEvent What =>
        AuditEvent.OfItself(Tenant, "agent", AuditActions.TenantCreated, new AuditResource(AuditResourceTypes.Tenant, Tenant), AuditOutcomes.Succeeded);

    public async ValueTask InitializeAsync() => _fixture = await SqliteFixture.Create();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Write_ThatChangesSomething_IsRecordedOnce()
    {
        var key = Key();
        await _fixture.Tenants().Create(new TenantRecord(Tenant, "Acme", JobTestStates.Epoch), What, Cancel);
        await _fixture.Tenants().Create(new TenantRecord(Tenant, "Again", JobTestStates.Epoch), What, Cancel);
        await _fixture.ApiKeys().Create(key, Hash(), What, Cancel);
        await _fixture.ApiKeys().Delete(key.Id, What, Cancel);
        await _fixture.ApiKeys().Delete(key.Id, What, Cancel);
        await _fixture.Templates().Save(Template(), What, Cancel);
        await _fixture.Templates().Save(Template(), null, Cancel);
        await _fixture.Templates().Delete(Template().Name, What, Cancel);
        await _fixture.Templates().Delete(Template().Name, What, Cancel);

        Assert.Equal(5, (await _fixture.Services.GetRequiredService<IAuditQueries>().Verify(Tenant, Cancel)).Events);
    }

    [Fact]
    public async Task Write_ThatCannotBeRecorded_IsNotDone()
    {
        var (kept, refused) = (Key(), Key());
        await _fixture.ApiKeys().Create(kept, Hash(), What, Cancel);
        await _fixture.Templates().Save(Template(), null, Cancel);
        Run("CREATE TRIGGER full BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'full'); END");

        await Assert.ThrowsAsync<SqliteException>(() => _fixture.Tenants().Create(new TenantRecord(Tenant, "Acme", JobTestStates.Epoch), What, Cancel));
        await Assert.ThrowsAsync<SqliteException>(() => _fixture.ApiKeys().Create(refused, Hash(), What, Cancel));
        await Assert.ThrowsAsync<SqliteException>(() => _fixture.ApiKeys().Delete(kept.Id, What, Cancel));
        await Assert.ThrowsAsync<SqliteException>(() => _fixture.Templates().Save(Template() with { Digest = "other" }, What, Cancel));
        await Assert.ThrowsAsync<SqliteException>(() => _fixture.Templates().Delete(Template().Name, What, Cancel));

        Assert.Null(await _fixture.Tenants().Find(Tenant, Cancel));
        Assert.Null(await _fixture.ApiKeys().Find(refused.Id, Cancel));
        Assert.NotNull(await _fixture.ApiKeys().Find(kept.Id, Cancel));
        Assert.Null(Assert.Single(await _fixture.Templates().All(Cancel)).Digest);
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_fixture.DataDirectory, "sandbox.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static byte[] Hash() => RandomNumberGenerator.GetBytes(32);

    private static ApiKeyRecord Key() => new(ApiKeyId.New(), Tenant, "name", Roles.Member, "agent", "00ff", JobTestStates.Epoch, null, null);

    private static TemplateRecord Template() => new(
        new TemplateName(Tenant, "a"), "import", null, TemplateSources.Archive, null, new Dictionary<string, string>(), [],
        new Dictionary<string, IReadOnlyList<string>>(), null, null, 0, 0, TemplateStatus.Importing, null, "agent", JobTestStates.Epoch);
}
