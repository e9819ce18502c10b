using System.Text;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;
using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Grains.Webhooks;

namespace Sandbox.Grains.Tests.Webhooks;

/// <summary>What is pure about events and webhooks.</summary>
public sealed class WebhookRulesTests
{
    private static readonly string s_hash = new('0', 64);

    // The example of the specification (https://github.com/standard-webhooks/standard-webhooks).
    [Fact]
    public void Signature_OfTheSpecificationsExample_IsTheOneThere()
    {
        var secret = WebhookSecret.Read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;

        var signature = WebhookSignature.Of(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), """{"test": 2432232314}"""u8, [secret]);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public void Signature_ByTwoSecrets_HasBoth()
    {
        var at = DateTimeOffset.UnixEpoch;
        ReadOnlyMemory<byte>[] secrets = [WebhookSecret.New(), WebhookSecret.New()];

        Assert.Equal($"{WebhookSignature.Of("a", at, "b"u8, secrets[..1])} {WebhookSignature.Of("a", at, "b"u8, secrets[1..])}", WebhookSignature.Of("a", at, "b"u8, secrets));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("whsec_", false)]
    [InlineData("whsec_AAAA", false)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", false)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    public void Secret_OfSoManyBytes_IsOneOrNot(string text, bool isOne) => Assert.Equal(isOne, WebhookSecret.Read(text) is not null);

    [Fact]
    public void Secret_New_IsReadBack()
    {
        var secret = WebhookSecret.New();

        Assert.Equal(32, secret.Length);
        Assert.Equal(secret, WebhookSecret.Read(WebhookSecret.Write(secret)));
    }

    [Fact]
    public void Wait_AfterEveryAttempt_DoublesUpToAnHour()
    {
        var waits = Enumerable.Range(1, 12).Select(tries => WebhookBackoff.After(new WebhookOptions(), tries, 0.5).TotalSeconds);

        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600], waits);
        Assert.Equal((4, 6), (WebhookBackoff.After(new WebhookOptions(), 1, 0).TotalSeconds, WebhookBackoff.After(new WebhookOptions(), 1, 1).TotalSeconds));
        Assert.Equal(3600, WebhookBackoff.After(new WebhookOptions(), 1000, 0.5).TotalSeconds);
    }

    [Fact]
    public void Attempt_ThatFails_IsFollowedByAnotherUntilTheLast()
    {
        var options = new WebhookOptions { MaxAttempts = 2 };
        var now = DateTimeOffset.UnixEpoch;
        var delivery = new Delivery(DeliveryId.New(), WebhookId.New(), 1, 1, "job.ended", now);
        var failed = new WebhookAttempt(500, DeliveryErrors.Status, TimeSpan.FromSeconds(1));

        var once = failed.Applied(delivery, options, now, 0.5);
        var twice = failed.Applied(once, options, now, 0.5);
        var taken = new WebhookAttempt(204, null, TimeSpan.Zero).Applied(once, options, now, 0.5);

        Assert.Equal((DeliveryStatus.Pending, 1, now.AddSeconds(5), "status", 500), (once.Status, once.Attempts, once.NextAttemptAt!.Value, once.Error, once.ResponseStatus));
        Assert.Equal((DeliveryStatus.Failed, 2, null), (twice.Status, twice.Attempts, twice.NextAttemptAt));
        Assert.Equal((DeliveryStatus.Delivered, 2, null, null), (taken.Status, taken.Attempts, taken.NextAttemptAt, taken.Error));
    }

    [Theory]
    [InlineData("job.ended", "job.ended")]
    [InlineData("template.*", "template.created template.deleted template.started")]
    [InlineData("policy.changed,policy.*", "policy.changed policy.deleted")]
    public void Filter_OfPatterns_LetsTheirTypesThrough(string patterns, string types)
    {
        Assert.True(LifecycleFilter.TryParse(patterns.Split(','), out var filter, out _));

        Assert.Equal(types.Split(' '), LifecycleTypes.All.Where(type => filter.Actions.Any(action => LifecycleEvent.Of(Entry(action))!.Type == type)));
    }

    [Theory]
    [InlineData("job.ended,none", 1)]
    [InlineData("job.", 0)]
    [InlineData(".*", 0)]
    [InlineData("jo.*", 0)]
    [InlineData("job.denied", 0)]
    [InlineData("job.*,*.ended", 1)]
    public void Filter_OfWhatIsNoType_SaysWhich(string patterns, int wrong)
    {
        Assert.False(LifecycleFilter.TryParse(patterns.Split(','), out _, out var place));
        Assert.Equal(wrong, place);
    }

    [Fact]
    public void Event_OfAnEntry_HasWhatIsToldAndNothingElse()
    {
        var item = LifecycleEvent.Of(Entry(
            AuditActions.JobEnded, """
            ,"cause":"timeout","decision":{"policy":"p","reason":"never told"},"usage":{"wallSeconds":1},"traceId":"never","details":{"status":"timedout","signal":"SIGKILL","sandboxId":"never","cpu":"1"}
            """))!;

        Assert.Equal((7, "job.ended"), (item.Id, item.Type));
        Assert.Equal(
            """{"id":"7","type":"job.ended","tenantId":"acme","resource":{"type":"job","id":"job_1"},"agentId":"a","time":"2026-01-01T00:00:00Z","data":{"status":"timed_out","cause":"timeout","signal":"SIGKILL","usage":{"wallSeconds":1}}}""",
            Encoding.UTF8.GetString(item.Json.Span));
    }

    [Theory]
    [InlineData(AuditActions.SessionUpdate, AuditOutcomes.Allowed)]
    [InlineData(AuditActions.JobDenied, AuditOutcomes.Denied)]
    [InlineData(AuditActions.JobEnded, AuditOutcomes.Denied)]
    [InlineData(AuditActions.WebhookDisabled, AuditOutcomes.Succeeded)]
    public void Event_OfARefusalOrARequest_IsNone(string action, string outcome) => Assert.Null(LifecycleEvent.Of(Entry(action, string.Empty, outcome)));

    [Theory]
    [InlineData(AuditActions.TemplateCreated, AuditOutcomes.Failed, "failed")]
    [InlineData(AuditActions.TemplateCreated, AuditOutcomes.Succeeded, "ready")]
    [InlineData(AuditActions.JobRequeued, AuditOutcomes.Failed, "queued")]
    public void Event_OfAnOutcome_HasTheStatusThen(string action, string outcome, string status) =>
        Assert.Contains($"\"data\":{{\"status\":\"{status}\"}}", Encoding.UTF8.GetString(LifecycleEvent.Of(Entry(action, string.Empty, outcome))!.Json.Span), StringComparison.Ordinal);

    [Fact]
    public void Options_WithARangeThatIsNone_AreRefused()
    {
        Assert.True(new WebhookOptionsValidation().Validate(null, new WebhookOptions { AllowedRanges = ["10.0.0.1/8"] }).Failed);
        Assert.Same(ValidateOptionsResult.Success, new WebhookOptionsValidation().Validate(null, new WebhookOptions { AllowedRanges = ["10.0.0.0/8", "fd00::/8"] }));
    }

    private static AuditEntry Entry(string action, string rest = "", string outcome = AuditOutcomes.Succeeded) => new(
        7, s_hash, s_hash,
        Encoding.UTF8.GetBytes($$"""{"version":1,"id":"aud_1","time":"2026-01-01T00:00:00Z","tenant":"acme","actor":{"agentId":"a","role":"member"},"action":"{{action}}","resource":{"type":"job","id":"job_1"},"outcome":"{{outcome}}"{{rest}}}"""));
}
