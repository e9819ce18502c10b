using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Policies;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Artifacts;

/// <summary>Uploads within what platform and policy allow.</summary>
public sealed class ArtifactUploadTests : PolicyNodeTest
{
    [Fact]
    public async Task Upload_WithinBounds_IsStoredAndRecordedWithTheStore()
    {
        await Node.Start();

        var stored = (await Upload(new ArtifactUpload("a.bin", "text/x"), 5)).Value!.Info;

        Assert.Equal(("a.bin", "text/x", 5L, "agent:alice"), (stored.Name, stored.ContentType, stored.SizeBytes, stored.Owner));
        Assert.Null(stored.ExpiresAt);
        var recorded = Node.Artifacts.Recorded!;
        Assert.Equal((AuditActions.ArtifactCreated, stored.Id, AuditOutcomes.Succeeded), (recorded.Action, recorded.Resource.Id, recorded.Outcome));
        Assert.DoesNotContain(recorded.Details, static detail => detail.Value.Contains("a.bin", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(11L)]
    [InlineData(null)]
    public async Task Upload_BeyondPolicy_IsDeniedByItsRuleAndRecorded(long? announced)
    {
        await Node.Start();
        await Store(new PolicyDocument { Artifacts = new PolicyArtifacts { MaxBytes = 10 } });

        var refusal = (await Upload(new ArtifactUpload("a", SizeBytes: announced), 11)).Refusal!;

        Assert.Equal((RefusalCodes.PolicyDenied, "artifacts", "content"), (refusal.Code, refusal.Rule, refusal.Field));
        var denied = Node.Audit.Events.Last(static what => what.Action == AuditActions.ArtifactDenied);
        Assert.Equal((AuditOutcomes.Denied, RefusalCodes.PolicyDenied), (denied.Outcome, denied.Cause));
        Assert.Equal("artifacts", denied.Decision?.Rule);
        Assert.Empty(Node.Artifacts.All);
    }

    [Fact]
    public async Task Upload_BeyondTheTenantsStorage_IsRefusedByItsQuotaAndRecorded()
    {
        Node.Settings["Sandbox:Quotas:StorageBytes"] = "10";
        await Node.Start();

        var refusal = (await Upload(new ArtifactUpload("a"), 11)).Refusal!;

        Assert.Equal((RefusalCodes.QuotaExceeded, QuotaNames.StorageBytes), (refusal.Code, refusal.Quota?.Quota));
        Assert.NotNull(refusal.RetryAfter);
        Assert.Equal(RefusalCodes.QuotaExceeded, Node.Audit.Events.Last(static what => what.Action == AuditActions.ArtifactDenied).Cause);
        Assert.Empty(Node.Artifacts.All);
    }

    [Fact]
    public async Task Upload_JustWithinPolicy_IsStored()
    {
        await Node.Start();
        await Store(new PolicyDocument { Artifacts = new PolicyArtifacts { MaxBytes = 10 } });

        Assert.Null((await Upload(new ArtifactUpload("a", SizeBytes: 10), 10)).Refusal);
    }

    [Theory]
    [InlineData(9L)]
    [InlineData(null)]
    public async Task Upload_BeyondTheInstallation_IsTooLargeWhateverPolicyAllows(long? announced)
    {
        Node.Settings["Sandbox:Artifacts:MaxBytes"] = "8";
        await Node.Start();
        await Store(new PolicyDocument { Artifacts = new PolicyArtifacts { MaxBytes = 10 } });

        Assert.Equal(RefusalCodes.ArtifactTooLarge, (await Upload(new ArtifactUpload("a", SizeBytes: announced), 9)).Refusal!.Code);
    }

    [Fact]
    public async Task Upload_AnnouncedLargerThanAllowed_IsRefusedBeforeAnythingIsRead()
    {
        await Node.Start();
        await Store(new PolicyDocument { Artifacts = new PolicyArtifacts { MaxBytes = 10 } });
        var content = new MemoryStream(new byte[11]);

        await Node.Uploads.Upload(Alice, new ArtifactUpload("a", SizeBytes: 11), content, Patience.Token);

        Assert.Equal(0, content.Position);
    }

    [Fact]
    public async Task Upload_ByACredentialOfAPolicy_GoesByThatOne()
    {
        await Node.Start();
        await Store(new PolicyDocument { Artifacts = new PolicyArtifacts { MaxBytes = 10 } }, "small");

        Assert.Equal(RefusalCodes.PolicyDenied, (await Upload(new ArtifactUpload("a"), 11, Alice with { Policy = "small" })).Refusal!.Code);
        Assert.Equal(RefusalCodes.PolicyUnknown, (await Upload(new ArtifactUpload("a"), 1, Alice with { Policy = "gone" })).Refusal!.Code);
        Assert.Null((await Upload(new ArtifactUpload("a"), 11)).Refusal);
    }

    [Fact]
    public async Task Upload_ByAnAuditor_IsDenied()
    {
        await Node.Start();

        Assert.Equal("role", (await Upload(new ArtifactUpload("a"), 1, Alice with { Role = Roles.Auditor })).Refusal!.Rule);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_401)]
    [InlineData(double.PositiveInfinity)]
    public async Task Upload_ThatShallBeKeptForLongerThanAllowed_IsInvalid(double seconds)
    {
        Node.Settings["Sandbox:Artifacts:RetentionDays"] = "1";
        await Node.Start();

        var refusal = (await Upload(new ArtifactUpload("a", ExpiresInSeconds: seconds), 1)).Refusal!;

        Assert.Equal((RefusalCodes.InvalidRequest, "expiresInSeconds"), (refusal.Code, refusal.Field));
    }

    [Theory]
    [InlineData(null, 86_400)]
    [InlineData(60.0, 60)]
    public async Task Upload_WhereThereIsARetention_ExpiresByIt(double? asked, double expected)
    {
        Node.Settings["Sandbox:Artifacts:RetentionDays"] = "1";
        await Node.Start();
        var before = DateTimeOffset.UtcNow;

        var info = (await Upload(new ArtifactUpload("a", ExpiresInSeconds: asked), 1)).Value!.Info;

        Assert.InRange(info.ExpiresAt!.Value, before.AddSeconds(expected), DateTimeOffset.UtcNow.AddSeconds(expected));
    }

    [Fact]
    public async Task Upload_OfOtherContentThanAnnounced_IsAMismatch()
    {
        await Node.Start();

        Assert.Equal(RefusalCodes.DigestMismatch, (await Upload(new ArtifactUpload("a", Sha256: new string('0', 64)), 1)).Refusal!.Code);
    }

    private Task<Reply<StoredArtifact>> Upload(ArtifactUpload upload, int size, Caller? caller = null) =>
        Node.Uploads.Upload(caller ?? Alice, upload, new MemoryStream(new byte[size]), Patience.Token);
}
