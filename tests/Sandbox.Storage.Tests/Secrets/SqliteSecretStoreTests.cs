using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Storage.Secrets;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Secrets;

public sealed class SqliteSecretStoreTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ISecretStore Secrets => fixture.Services.GetRequiredService<ISecretStore>();

    [Fact]
    public async Task Put_Again_CountsVersionsAndOpensThePresentOneFirst()
    {
        Assert.Equal(1, (await Put("TOKEN", "the first value")).Version);
        Assert.Equal(2, (await Put("TOKEN", "the second value")).Version);

        var open = await Secrets.Open(_tenant, ["TOKEN", "ANOTHER"], Cancel);

        Assert.Equal(["the second value", "the first value"], open.Select(Text));
        Assert.Equal([2, 1], open.Select(secret => secret.Info.Version));
        Assert.Equal(2, (await Secrets.Find(_tenant, "TOKEN", Cancel))!.Version);
    }

    [Fact]
    public async Task Delete_OfEverNewNames_KeepsTheCountsOfTheLastOnesAlone()
    {
        await Put("FIRST", "a value of the first");
        await Delete("FIRST");
        for (var count = 0; count < ISecretStore.MostOfTenant; count++)
        {
            await Put($"NAME_{count}", "a value of a name");
            await Delete($"NAME_{count}");
        }

        Assert.Equal(ISecretStore.MostOfTenant, fixture.Readers.Read(Rows));
        Assert.Equal(3, (await Put("NAME_0", "a value once more")).Version);
        Assert.Equal(1, (await Put("FIRST", "a value once more")).Version);
    }

    [Fact]
    public async Task Put_MoreVersionsThanAreKept_DropsTheOldest()
    {
        for (var version = 1; version <= ISecretStore.KeptVersions + 2; version++)
            await Put("TOKEN", $"value number {version}");

        var open = await Secrets.Open(_tenant, ["TOKEN"], Cancel);

        Assert.Equal(ISecretStore.KeptVersions, open.Count);
        Assert.Equal("value number 3", Text(open[^1]));
    }

    [Fact]
    public async Task Put_AtTheSameTime_GivesEachItsVersion()
    {
        var stored = await Task.WhenAll(Enumerable.Range(0, 10).Select(index => Put("TOKEN", $"value number {index}")));

        Assert.Equal(Enumerable.Range(1, 10), stored.Select(info => info.Version).Order());
    }

    [Fact]
    public async Task Put_Header_KeepsWhereItGoes()
    {
        var draft = new SecretDraft(_tenant, "API", SecretKinds.Header, "boss")
        {
            Hosts = ["api.example.com", "other.example.com:8443"], HeaderName = "Authorization", HeaderTemplate = "Bearer {}",
        };
        await Secrets.Put(draft, "a header's value"u8.ToArray(), Stored, Cancel);

        var found = await Secrets.Find(_tenant, "API", Cancel);

        Assert.Equal(SecretKinds.Header, found!.Kind);
        Assert.Equal(["api.example.com", "other.example.com:8443"], found.Hosts);
        Assert.Equal(("Authorization", "Bearer {}", "boss"), (found.HeaderName, found.HeaderTemplate, found.AgentId));
    }

    [Fact]
    public async Task Delete_Stored_IsGoneAndItsVersionsAreNotUsedAgain()
    {
        await Put("TOKEN", "the first value");

        Assert.True(await Delete("TOKEN"));
        Assert.False(await Delete("TOKEN"));

        Assert.Null(await Secrets.Find(_tenant, "TOKEN", Cancel));
        Assert.Empty(await Secrets.Open(_tenant, ["TOKEN"], Cancel));
        Assert.Empty(await Secrets.List(_tenant, null, 10, Cancel));
        Assert.Equal(3, (await Put("TOKEN", "another value")).Version);
        Assert.Single(await Secrets.Open(_tenant, ["TOKEN"], Cancel));
    }

    [Fact]
    public async Task List_Pages_NamesEachOnceAndNoOtherTenants()
    {
        foreach (var name in new[] { "C", "A", "B", "A" })
            await Put(name, "some value");
        await Secrets.Put(new SecretDraft(JobTestStates.NewTenant(), "D", SecretKinds.File, "boss"), "some value"u8.ToArray(), Stored, Cancel);

        var first = await Secrets.List(_tenant, null, 2, Cancel);
        var rest = await Secrets.List(_tenant, first[^1].Name, 2, Cancel);

        Assert.Equal([("A", 2), ("B", 1)], first.Select(info => (info.Name, info.Version)));
        Assert.Equal(["C"], rest.Select(info => info.Name));
    }

    [Fact]
    public async Task Open_ContentOfAnotherName_DoesNotOpen()
    {
        await Put("ONE", "the value of one");
        await Put("TWO", "the value of two");
        await fixture.Writer.Write(
            session =>
            {
                using var swap = session.Prepare(
                    "UPDATE secrets SET (data_key, content) = (SELECT data_key, content FROM secrets WHERE tenant_id = ?1 AND name = 'ONE') WHERE tenant_id = ?1 AND name = 'TWO'");
                return swap.Bind(_tenant).Execute();
            },
            WriteScope.SingleStatement,
            cancellationToken: Cancel);

        await Assert.ThrowsAsync<InvalidDataException>(() => Secrets.Open(_tenant, ["TWO"], Cancel));
    }

    [Fact]
    public async Task Put_Value_IsInNoFileInClear()
    {
        await using var own = await SqliteFixture.Create();
        const string Value = "planted-0b5f3e7ac2d94c61";
        var store = own.Services.GetRequiredService<ISecretStore>();
        await store.Put(new SecretDraft(_tenant, "TOKEN", SecretKinds.Environment, "boss"), Encoding.UTF8.GetBytes(Value), Stored, Cancel);

        Assert.Empty(await FilesWith(own, Encoding.UTF8.GetBytes(Value)));
        await own.Stop();
        Assert.Empty(await FilesWith(own, Encoding.UTF8.GetBytes(Value)));
    }

    [Fact]
    public async Task Delete_AfterTheServerStopped_WrappedKeyIsInNoFile()
    {
        await using var own = await SqliteFixture.Create();
        var store = own.Services.GetRequiredService<ISecretStore>();
        await store.Put(new SecretDraft(_tenant, "TOKEN", SecretKinds.Environment, "boss"), "some value"u8.ToArray(), Stored, Cancel);
        var wrapped = own.Readers.Read(session => SecretTable.Versions(session, _tenant, "TOKEN", 1))[0].DataKey;
        Assert.NotEmpty(await FilesWith(own, wrapped));

        await store.Delete(_tenant, "TOKEN", Event(AuditActions.SecretDeleted, "TOKEN"), Cancel);
        await own.Stop();

        Assert.Empty(await FilesWith(own, wrapped));
    }

    private static async Task<List<string>> FilesWith(SqliteFixture own, byte[] bytes)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(own.DataDirectory, "*", SearchOption.AllDirectories))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Cancel);
            if (content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(bytes) >= 0)
                found.Add(file);
        }

        return found;
    }

    private long Rows(SqliteSession session)
    {
        using var statement = session.Prepare("SELECT COUNT(*) FROM secrets WHERE tenant_id = ?");
        statement.Bind(_tenant).Step();
        return statement.Int64(0);
    }

    private async Task<SecretInfo> Put(string name, string value) =>
        (await Secrets.Put(new SecretDraft(_tenant, name, SecretKinds.Environment, "boss"), Encoding.UTF8.GetBytes(value), Stored, Cancel))!;

    private Task<bool> Delete(string name) => Secrets.Delete(_tenant, name, Event(AuditActions.SecretDeleted, name), Cancel);

    private AuditEvent Stored(SecretInfo info) => Event(AuditActions.SecretStored, info.Name);

    private AuditEvent Event(string action, string name) =>
        AuditEvent.By(new Caller(_tenant, "boss", Roles.Admin), action, new AuditResource(AuditResourceTypes.Secret, name), AuditOutcomes.Succeeded);

    private static string Text(OpenSecret secret) => Encoding.UTF8.GetString(secret.Value.Span);
}
