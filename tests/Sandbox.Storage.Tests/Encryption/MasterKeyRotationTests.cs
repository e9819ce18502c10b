using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>Another master key in place of the one of before.</summary>
public sealed class MasterKeyRotationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_KeySetAside_WrapsAllAnewWithAnotherOne()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenants = new[] { await Store(fixture), await Store(fixture), await Store(fixture) };
        var before = await File.ReadAllTextAsync(Key(fixture), Cancel);
        await fixture.Stop();
        File.Move(Key(fixture), Previous(fixture));
        await fixture.Restart();

        Assert.NotEqual(before, await File.ReadAllTextAsync(Key(fixture), Cancel));
        await AssertAllOpen(fixture, tenants);
        File.Delete(Previous(fixture));
        await fixture.Restart();
        await AssertAllOpen(fixture, tenants);
    }

    [Fact]
    public async Task Start_EndedHalfWayBefore_WrapsTheRest()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenants = new[] { await Store(fixture), await Store(fixture), await Store(fixture) };
        var old = Convert.FromBase64String((await File.ReadAllTextAsync(Key(fixture), Cancel)).Trim());
        var kept = fixture.Readers.Read(TenantKeyTable.All);
        await fixture.Stop();
        File.Move(Key(fixture), Previous(fixture));
        await fixture.Restart();
        // As it was when one of them had not been done yet.
        var (tenant, done) = fixture.Readers.Read(TenantKeyTable.All)[1];
        await fixture.Writer.Write(
            session => TenantKeyTable.Replace(session, tenant, done, kept.Single(entry => entry.TenantId == tenant).Wrapped), WriteScope.SingleStatement, cancellationToken: Cancel);

        await fixture.Restart();

        await AssertAllOpen(fixture, tenants);
        var master = Convert.FromBase64String((await File.ReadAllTextAsync(Key(fixture), Cancel)).Trim());
        Assert.NotEqual(old, master);
        File.Delete(Previous(fixture));
        await fixture.Restart();
        await AssertAllOpen(fixture, tenants);
    }

    [Fact]
    public async Task Start_PreviousRemovedBeforeAllWereDone_IsRefused()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenants = new[] { await Store(fixture), await Store(fixture), await Store(fixture) };
        var kept = fixture.Readers.Read(TenantKeyTable.All);
        await fixture.Stop();
        File.Move(Key(fixture), Previous(fixture));
        await fixture.Restart();
        var (tenant, done) = fixture.Readers.Read(TenantKeyTable.All)[^1];
        await fixture.Writer.Write(
            session => TenantKeyTable.Replace(session, tenant, done, kept.Single(entry => entry.TenantId == tenant).Wrapped), WriteScope.SingleStatement, cancellationToken: Cancel);
        await fixture.Stop();
        var previous = await File.ReadAllBytesAsync(Previous(fixture), Cancel);
        File.Delete(Previous(fixture));

        Assert.Contains(tenant, (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);

        await File.WriteAllBytesAsync(Previous(fixture), previous, Cancel);
        File.SetUnixFileMode(Previous(fixture), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await fixture.Restart();
        await AssertAllOpen(fixture, tenants);
    }

    [Fact]
    public async Task Open_AnotherProcessHasReplacedTheKey_GoesOnWithTheNewOne()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenants = new[] { await Store(fixture), await Store(fixture) };
        await fixture.Restart();
        var (old, next) = (Convert.FromBase64String((await File.ReadAllTextAsync(Key(fixture), Cancel)).Trim()), KeyWrap.NewKey());
        await File.WriteAllTextAsync(Key(fixture), Convert.ToBase64String(next), Cancel);
        foreach (var (tenant, before) in fixture.Readers.Read(TenantKeyTable.All))
        {
            var purpose = $"sandbox key of {tenant}";
            var after = KeyWrap.Wrap(next, KeyWrap.Unwrap(old, before, purpose), purpose);
            await fixture.Writer.Write(session => TenantKeyTable.Replace(session, tenant, before, after), WriteScope.SingleStatement, cancellationToken: Cancel);
        }

        await AssertAllOpen(fixture, tenants);
    }

    [Fact]
    public async Task Start_PreviousKeyIsAnotherOne_MakesNoKeyAndSaysWhy()
    {
        await using var fixture = await SqliteFixture.Create();
        await Store(fixture);
        var key = await File.ReadAllTextAsync(Key(fixture), Cancel);
        await fixture.Stop();
        File.Move(Key(fixture), Previous(fixture));
        await File.WriteAllTextAsync(Previous(fixture), Convert.ToBase64String(KeyWrap.NewKey()), Cancel);

        Assert.Contains("not the one", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);

        Assert.False(File.Exists(Key(fixture)));
        await File.WriteAllTextAsync(Previous(fixture), key, Cancel);
        await fixture.Restart();
    }

    private static string Key(SqliteFixture fixture) => Path.Combine(fixture.DataDirectory, "master.key");

    private static string Previous(SqliteFixture fixture) => Path.Combine(fixture.DataDirectory, "master.key.previous");

    private static async Task<string> Store(SqliteFixture fixture)
    {
        var tenant = JobTestStates.NewTenant();
        var what = AuditEvent.By(new Caller(tenant, "boss", Roles.Admin), AuditActions.SecretStored, new AuditResource(AuditResourceTypes.Secret, "S"));
        await fixture.Services.GetRequiredService<ISecretStore>().Put(
            new SecretDraft(tenant, "S", SecretKinds.Environment, "boss"), Encoding.UTF8.GetBytes($"value of {tenant}"), _ => what, Cancel);
        return tenant;
    }

    private static async Task AssertAllOpen(SqliteFixture fixture, IEnumerable<string> tenants)
    {
        foreach (var tenant in tenants)
        {
            var open = await fixture.Services.GetRequiredService<ISecretStore>().Open(tenant, ["S"], Cancel);
            Assert.Equal($"value of {tenant}", Encoding.UTF8.GetString(open.Single().Value.Span));
        }
    }
}
