using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Webhooks;
using Xunit;

namespace Sandbox.Storage.Tests.Webhooks;

public sealed class WebhookStoreTests : IAsyncLifetime
{
    private const string Tenant = "acme";
    private const int Most = 3;

    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] s_secret = [.. "a secret that nobody must read"u8];

    private SqliteFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IWebhookStore Store => _fixture.Services.GetRequiredService<IWebhookStore>();

    private static AuditEvent What =>
        AuditEvent.OfItself(Tenant, "agent", AuditActions.WebhookCreated, new AuditResource(AuditResourceTypes.Webhook, "whk"), AuditOutcomes.Succeeded);

    public async ValueTask InitializeAsync() => _fixture = await SqliteFixture.Create();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Webhook_Entered_IsReadBackAfterARestart()
    {
        var webhook = await Enter(types: ["job.ended", "session.*"]);
        await _fixture.Restart();

        var found = (await Store.Find(webhook.Id, Cancel))!;

        Assert.Equal(webhook with { Types = found.Types }, found);
        Assert.Equal(webhook.Types, found.Types);
        Assert.Equal([webhook.Id], await Store.ListEnabled(Cancel));
        Assert.Equal(s_secret, Assert.Single(await Store.Secrets(webhook.Id, s_now, Cancel)).ToArray());
    }

    [Fact]
    public async Task Secret_OnDisk_IsEncrypted()
    {
        await Enter();
        await _fixture.Stop();

        foreach (var file in Directory.EnumerateFiles(_fixture.DataDirectory, "sandbox.db*"))
            Assert.True((await File.ReadAllBytesAsync(file, Cancel)).AsSpan().IndexOf(s_secret) < 0, file);
    }

    [Fact]
    public async Task Secret_OfAnotherWebhooksRow_DoesNotOpen()
    {
        var (first, second) = (await Enter(), await Enter());
        Run($"UPDATE webhooks SET secret = (SELECT secret FROM webhooks WHERE id = '{first.Id}') WHERE id = '{second.Id}'");

        await Assert.ThrowsAsync<InvalidDataException>(() => Store.Secrets(second.Id, s_now, Cancel));
    }

    [Fact]
    public async Task Secret_Replaced_IsGoodBesideTheNewOneForAWhile()
    {
        var webhook = await Enter();
        byte[] other = [1, 2, 3];

        await Store.ReplaceSecret(webhook, other, s_now.AddDays(1), What, Cancel);

        Assert.Equal([other, s_secret], (await Store.Secrets(webhook.Id, s_now, Cancel)).Select(static secret => secret.ToArray()));
        Assert.Equal([other], (await Store.Secrets(webhook.Id, s_now.AddDays(1), Cancel)).Select(static secret => secret.ToArray()));
    }

    [Fact]
    public async Task Create_BeyondTheBound_IsRefusedAndNotRecorded()
    {
        for (var number = 0; number < Most; number++)
            await Enter();
        var events = (await _fixture.Services.GetRequiredService<IAuditQueries>().Verify(Tenant, Cancel)).Events;

        Assert.False(await Store.Create(New(), s_secret, Most, What, Cancel));

        Assert.Equal(Most, (await Store.List(Tenant, Cancel)).Count);
        Assert.Equal(events, (await _fixture.Services.GetRequiredService<IAuditQueries>().Verify(Tenant, Cancel)).Events);
    }

    [Fact]
    public async Task Take_FromTheSamePlaceTwice_IsDoneOnce()
    {
        var webhook = await Enter();
        var place = (await Store.Progress(webhook.Id, Cancel))!.Position;

        Assert.True(await Store.Take(webhook.Id, place, place + 5, [Event(4), Event(5)], Cancel));
        Assert.False(await Store.Take(webhook.Id, place, place + 5, [Event(4), Event(5)], Cancel));

        Assert.Equal([4L, 5L], (await Store.Pending(webhook.Id, Cancel)).Select(static delivery => delivery.EventId!.Value));
        Assert.Equal(place + 5, (await Store.Progress(webhook.Id, Cancel))!.Position);
    }

    [Fact]
    public async Task Record_OfADeliveryThatHasChanged_DoesNothing()
    {
        var webhook = await Enter();
        var delivery = (await Store.Add(webhook.Id, Event(null), What, Cancel))!;
        var delivered = delivery with { Status = DeliveryStatus.Delivered, Attempts = 1, Tries = 1, NextAttemptAt = null, LastAttemptAt = s_now, ResponseStatus = 204, Duration = TimeSpan.FromMilliseconds(3) };

        await Store.Record(delivery, delivered, null, 10, Cancel);
        await Store.Record(delivery, delivery with { Status = DeliveryStatus.Failed, Attempts = 1, Tries = 1 }, s_now, 10, Cancel);

        Assert.Equal(delivered, await Store.FindDelivery(webhook.Id, delivery.Id, Cancel));
        Assert.Null((await Store.Progress(webhook.Id, Cancel))!.FailingSince);
        Assert.Empty(await Store.Pending(webhook.Id, Cancel));
    }

    [Fact]
    public async Task Log_OfManyDeliveries_KeepsTheNewestAndWhatIsPending()
    {
        var webhook = await Enter();
        var pending = (await Store.Add(webhook.Id, Event(null), What, Cancel))!;
        for (var number = 0; number < 6; number++)
        {
            var delivery = (await Store.Add(webhook.Id, Event(null), What, Cancel))!;
            await Store.Record(delivery, delivery with { Status = DeliveryStatus.Failed, Attempts = 1, Tries = 1, NextAttemptAt = null }, s_now, 4, Cancel);
        }

        var first = await Store.Deliveries(webhook.Id, null, 3, Cancel);
        var second = await Store.Deliveries(webhook.Id, first.Next, 3, Cancel);

        Assert.Equal([7L, 6, 5, 4, 1], first.Items.Concat(second.Items).Select(static delivery => delivery.Number));
        Assert.Equal((5L, null), (first.Next, second.Next));
        Assert.Equal(pending.Id, second.Items[^1].Id);
    }

    [Fact]
    public async Task Redeliver_OfWhatIsOver_MakesItDueUnderItsId()
    {
        var webhook = await Enter();
        var delivery = (await Store.Add(webhook.Id, Event(null), What, Cancel))!;
        await Store.Record(delivery, delivery with { Status = DeliveryStatus.Failed, Attempts = 33, Tries = 33, NextAttemptAt = null }, s_now, 4, Cancel);

        var due = (await Store.Redeliver(webhook.Id, delivery.Id, s_now, What, Cancel))!;

        Assert.Equal((delivery.Id, DeliveryStatus.Pending, 33, 0, s_now), (due.Id, due.Status, due.Attempts, due.Tries, due.NextAttemptAt!.Value));
        Assert.Null(await Store.Redeliver((await Enter()).Id, delivery.Id, s_now, What, Cancel));
    }

    [Fact]
    public async Task Webhook_DisabledAndEnabled_DropsWhatWasPendingAndBeginsAtTheEnd()
    {
        var webhook = await Enter();
        await Store.Add(webhook.Id, Event(null), What, Cancel);

        Assert.True(await Store.Disable(webhook.Id, WebhookDisabledReasons.Failing, What, Cancel));
        Assert.False(await Store.Disable(webhook.Id, WebhookDisabledReasons.Failing, What, Cancel));
        Assert.Equal("failing", (await Store.Find(webhook.Id, Cancel))!.DisabledReason);
        Assert.Null(await Store.Progress(webhook.Id, Cancel));
        Assert.Empty(await Store.ListEnabled(Cancel));
        var head = await _fixture.Services.GetRequiredService<IAuditFeed>().Head(Tenant, Cancel);
        var changed = (await Store.Change(webhook.Id, new WebhookChange(null, null, null, true), What, Cancel))!;

        Assert.Equal((true, null), (changed.Enabled, changed.DisabledReason));
        Assert.Equal(head, (await Store.Progress(webhook.Id, Cancel))!.Position);
        Assert.Equal(DeliveryStatus.Failed, Assert.Single((await Store.Deliveries(webhook.Id, null, 10, Cancel)).Items).Status);
    }

    [Fact]
    public async Task Delete_TakesTheLogWithIt()
    {
        var webhook = await Enter();
        var delivery = (await Store.Add(webhook.Id, Event(null), What, Cancel))!;

        Assert.True(await Store.Delete(webhook.Id, What, Cancel));

        Assert.False(await Store.Delete(webhook.Id, What, Cancel));
        Assert.Null(await Store.FindDelivery(webhook.Id, delivery.Id, Cancel));
        Assert.Null(await Store.Add(webhook.Id, Event(null), What, Cancel));
    }

    private async Task<Webhook> Enter(IReadOnlyList<string>? types = null)
    {
        var webhook = New() with { Types = types ?? [] };
        Assert.True(await Store.Create(webhook, s_secret, Most, What, Cancel));
        return webhook;
    }

    private static Webhook New() => new(WebhookId.New(), Tenant, "https://example.com/", [], "d", true, null, "agent", s_now);

    private static NewDelivery Event(long? sequence) => new(DeliveryId.New(), sequence, "job.ended", s_now);

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_fixture.DataDirectory, "sandbox.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
