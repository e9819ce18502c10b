using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Grains.Webhooks;
using Sandbox.Storage;

namespace Sandbox.Grains.Tests.Webhooks;

/// <summary>What is sent, when again, and when no more: with the real store and a real receiver, by the tests' clock.</summary>
public sealed class WebhookRunTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    private static readonly byte[] s_secret = WebhookSecret.New();

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-webhooks-").FullName;
    private readonly TestTime _time = new();
    private Receiver _receiver = null!;
    private IHost _host = null!;

    private IWebhookStore Store => _host.Services.GetRequiredService<IWebhookStore>();

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.Start();
        await Start(("AllowHttp", "true"), ("AllowedRanges:0", "127.0.0.0/8"), ("MaxAttempts", "3"), ("MaxPending", "2"), ("DisableAfterHours", "1"));
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await _receiver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Events_OfTheTypes_ArriveSignedAndInOrder()
    {
        var id = await Enter("job.*");
        await Happen(AuditActions.JobSubmitted, AuditActions.SessionCreated, AuditActions.JobStarted, AuditActions.FileWrite, AuditActions.JobEnded);

        await RunToTheEnd(id);

        Assert.Equal(["job.submitted", "job.started", "job.ended"], _receiver.Got.Select(static got => TypeOf(got.Body)));
        foreach (var (delivery, signature, timestamp, body) in _receiver.Got)
        {
            var signed = HMACSHA256.HashData(s_secret, Encoding.UTF8.GetBytes($"{delivery}.{timestamp}.{body}"));
            Assert.Equal("v1," + Convert.ToBase64String(signed), signature);
            Assert.Equal($"{_time.GetUtcNow().ToUnixTimeSeconds()}", timestamp);
        }

        Assert.All((await Store.Deliveries(id, null, 10, Patience.Token)).Items, static delivery => Assert.Equal(DeliveryStatus.Delivered, delivery.Status));
    }

    [Fact]
    public async Task Delivery_ThatFails_IsTriedAgainUnderItsIdUntilItIsTaken()
    {
        var id = await Enter();
        await Happen(AuditActions.JobEnded);
        _receiver.Status = 500;

        var first = await RunToTheEnd(id);
        _time.Advance(first);
        await RunToTheEnd(id);
        _receiver.Status = 204;
        _time.Advance(TimeSpan.FromSeconds(12));
        await RunToTheEnd(id);

        Assert.InRange(first.TotalSeconds, 4, 6);
        Assert.Equal(3, _receiver.Got.Count);
        Assert.Single(_receiver.Got.Select(static got => (got.Id, got.Body)).Distinct());
        Assert.Equal(3, _receiver.Got.Select(static got => got.Timestamp).Distinct().Count());
        Assert.Equal((DeliveryStatus.Delivered, 3, 204), await OnlyDelivery(id));
    }

    [Fact]
    public async Task Delivery_ThatAlwaysFails_IsGivenUpAndLaterOnesGoOn()
    {
        var id = await Enter();
        await Happen(AuditActions.JobSubmitted);
        _receiver.Status = 500;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await RunToTheEnd(id);
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal((DeliveryStatus.Failed, 3, 500), await OnlyDelivery(id));
        _receiver.Status = 200;
        await Happen(AuditActions.JobEnded);
        await RunToTheEnd(id);

        Assert.Equal("job.ended", TypeOf(_receiver.Got.Last().Body));
    }

    [Fact]
    public async Task Events_WhileNothingIsTaken_StayOnTheRecordAndAllArriveLater()
    {
        var id = await Enter();
        _receiver.Status = 503;
        await Happen(AuditActions.JobSubmitted, AuditActions.JobStarted, AuditActions.JobRequeued, AuditActions.JobStarted, AuditActions.JobEnded);

        await RunToTheEnd(id);
        Assert.Equal(2, (await Store.Pending(id, Patience.Token)).Count);
        _receiver.Status = 200;
        _time.Advance(TimeSpan.FromSeconds(10));
        await RunToTheEnd(id);

        Assert.Equal(5, _receiver.Got.Select(static got => got.Id).Distinct().Count());
        Assert.Empty(await Store.Pending(id, Patience.Token));
    }

    [Fact]
    public async Task Webhook_OfWhichEverythingFailsForLong_IsDisabledOnRecord()
    {
        var id = await Enter();
        _receiver.Status = 500;
        await Happen(AuditActions.JobSubmitted, AuditActions.JobStarted);
        await RunToTheEnd(id);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(await RunUntilDisabled(id));

        Assert.Equal(WebhookDisabledReasons.Failing, (await Store.Find(id, Patience.Token))!.DisabledReason);
        var page = await _host.Services.GetRequiredService<IAuditQueries>().Query(new AuditQuery(Tenant, 10) { Action = AuditActions.WebhookDisabled }, Patience.Token);
        Assert.Single(page.Items);
    }

    [Fact]
    public async Task Webhook_ThatIsGone_IsDisabledAtOnce()
    {
        var id = await Enter();
        _receiver.Status = 410;
        await Happen(AuditActions.JobSubmitted);

        Assert.Null(await RunUntilDisabled(id));

        Assert.Equal(WebhookDisabledReasons.Gone, (await Store.Find(id, Patience.Token))!.DisabledReason);
    }

    [Fact]
    public async Task Redirection_IsNotFollowed()
    {
        var id = await Enter();
        _receiver.Status = 302;
        await Happen(AuditActions.JobSubmitted);

        await RunToTheEnd(id);

        Assert.Single(_receiver.Got);
        Assert.Equal((DeliveryStatus.Pending, 1, 302), await OnlyDelivery(id));
    }

    [Theory]
    [InlineData("AllowHttp", "true", DeliveryErrors.AddressReserved)]
    [InlineData("AllowedRanges:0", "127.0.0.0/8", DeliveryErrors.TlsRequired)]
    public async Task Address_ThatTheOperatorHasNotOpened_IsNeverConnectedTo(string name, string value, string error)
    {
        var id = await Enter();
        await Happen(AuditActions.JobSubmitted);
        await Stop();
        await Start((name, value));

        await RunToTheEnd(id);

        Assert.Empty(_receiver.Got);
        Assert.Equal(error, Assert.Single((await Store.Deliveries(id, null, 10, Patience.Token)).Items).Error);
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://example.com/#part")]
    [InlineData("/hook")]
    public async Task Url_ThatIsNoPublicOneOfTls_IsRefused(string url)
    {
        await Stop();
        await Start();

        Assert.NotNull(_host.Services.GetRequiredService<WebhookUrl>().Refusal(url));
        Assert.Null(_host.Services.GetRequiredService<WebhookUrl>().Refusal("https://example.com:8443/hook?a=b"));
    }

    private async Task<WebhookId> Enter(params string[] types)
    {
        var webhook = new Webhook(WebhookId.New(), Tenant, _receiver.Url + "/hook", types, null, true, null, "agent", _time.GetUtcNow());
        Assert.True(await Store.Create(webhook, s_secret, 10, Event(AuditActions.WebhookCreated), Patience.Token));
        return webhook.Id;
    }

    private async Task Happen(params string[] actions)
    {
        foreach (var action in actions)
            await _host.Services.GetRequiredService<IAuditLog>().Append(Event(action), Patience.Token);
    }

    private static AuditEvent Event(string action) =>
        AuditEvent.OfItself(Tenant, "agent", action, new AuditResource(AuditResourceTypes.Job, "job_1"), AuditOutcomes.Succeeded);

    /// <summary>Goes on as long as there is something to do; how long there is nothing then.</summary>
    private async Task<TimeSpan> RunToTheEnd(WebhookId id)
    {
        while (true)
        {
            var wait = await _host.Services.GetRequiredService<WebhookRun>().Next(id, Patience.Token);
            if (wait != TimeSpan.Zero)
                return wait!.Value;
        }
    }

    private async Task<TimeSpan?> RunUntilDisabled(WebhookId id)
    {
        while (await _host.Services.GetRequiredService<WebhookRun>().Next(id, Patience.Token) is { } wait)
            Assert.Equal(TimeSpan.Zero, wait);
        return null;
    }

    private async Task<(DeliveryStatus Status, int Attempts, int? Answer)> OnlyDelivery(WebhookId id)
    {
        var delivery = Assert.Single((await Store.Deliveries(id, null, 10, Patience.Token)).Items);
        return (delivery.Status, delivery.Attempts, delivery.ResponseStatus);
    }

    private static string TypeOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("type").GetString()!;
    }

    private async Task Start(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => new KeyValuePair<string, string?>($"Sandbox:Webhooks:{setting.Name}", setting.Value)));
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSerializer();
        builder.Services.Configure<ClusterOptions>(static options => options.ServiceId = "tests");
        builder.Services.AddSandboxSqliteStorage(options => options.DataDirectory = _folder);
        builder.Services.AddSandboxEgress(builder.Configuration);
        builder.Services.AddSandboxWebhooks(builder.Configuration);
        _host = builder.Build();
        await _host.StartAsync(Patience.Token);
    }

    private async Task Stop()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
