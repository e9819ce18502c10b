using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Artifacts;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Artifacts;

/// <summary>What a signed URL opens, and everything near it that opens nothing.</summary>
public sealed class ArtifactUrlsTests(LocalFixture fixture) : IClassFixture<LocalFixture>
{
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IArtifactUrls Urls => fixture.Services.GetRequiredService<IArtifactUrls>();

    [Fact]
    public async Task Redeem_AsIssued_IsTheGrant()
    {
        var (grant, url) = await Issue();

        Assert.Equal(grant, await Redeem(url));
        Assert.Equal(grant, await Redeem(url, "HEAD"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("get")]
    [InlineData("")]
    public async Task Redeem_ByAnotherMethod_IsNothing(string method)
    {
        var (_, url) = await Issue();

        Assert.Null(await Redeem(url, method));
    }

    [Fact]
    public async Task Redeem_UrlForHead_IsNotForGet()
    {
        var (grant, url) = await Issue(method: "HEAD");

        Assert.Null(await Redeem(url));
        Assert.Equal(grant, await Redeem(url, "HEAD"));
    }

    [Fact]
    public async Task Redeem_EveryChangeOfTheSignature_IsNothing()
    {
        var (_, url) = await Issue();
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var i = 0; i < url.Signature.Length; i++)
        {
            foreach (var c in alphabet.Where(c => c != url.Signature[i]))
                Assert.Null(await Redeem(url with { Signature = $"{url.Signature[..i]}{c}{url.Signature[(i + 1)..]}" }));
        }

        foreach (var signature in new[] { "", url.Signature[1..], $"{url.Signature}=", $"{url.Signature}A", url.Signature.ToUpperInvariant(), "\ud83d\ude00" })
            Assert.Null(await Redeem(url with { Signature = signature }));
    }

    [Fact]
    public async Task Redeem_PartsOfOtherUrls_AreNothing()
    {
        var (_, url) = await Issue();
        var (_, other) = await Issue();
        var (_, sameArtifact) = await Issue(artifact: url.Artifact);

        Assert.Null(await Redeem(url with { Artifact = other.Artifact }));
        Assert.Null(await Redeem(url with { Url = other.Url }));
        Assert.Null(await Redeem(url with { Url = sameArtifact.Url }));
        Assert.Null(await Redeem(url with { Signature = other.Signature }));
        Assert.Null(await Redeem(other with { Artifact = url.Artifact }));
        Assert.Null(await Redeem(url with { Url = ArtifactUrlId.New() }));
        Assert.Null(await Redeem(url with { ExpiresAt = url.ExpiresAt + 1 }));
        Assert.Null(await Redeem(url with { ExpiresAt = -1 }));
    }

    [Fact]
    public async Task Redeem_RowThatSomebodyChanged_IsNothing()
    {
        var (_, url) = await Issue();
        var (_, foreign) = await Issue(tenant: JobTestStates.NewTenant());
        foreach (var change in new[]
            { "expires_at = expires_at + 10000000", "method = 'HEAD'", $"artifact_id = '{foreign.Artifact}'", "tenant_id = 'other'" })
        {
            await Execute($"UPDATE artifact_urls SET {change} WHERE id = '{url.Url}'");
            Assert.Null(await Redeem(url, "HEAD"));
            Assert.Null(await Redeem(url with { Artifact = foreign.Artifact, ExpiresAt = url.ExpiresAt + 1 }, "HEAD"));
        }
    }

    [Fact]
    public async Task Redeem_AfterItsTime_IsNothingAndTheSweepForgetsIt()
    {
        var (grant, url) = await Issue(seconds: 10);
        fixture.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(await Redeem(url));

        fixture.Advance(grant.ExpiresAt - fixture.Now);

        Assert.Null(await Redeem(url));
        await fixture.Services.GetServices<IHostedService>().OfType<ArtifactSweep>().Single().Expire(Cancel);
        Assert.Equal(0, await Revoke(url));
    }

    [Fact]
    public async Task Revoke_One_EndsThatOneAlone()
    {
        var (_, url) = await Issue();
        var (_, other) = await Issue(artifact: url.Artifact);

        Assert.Equal(0, await Urls.Revoke(JobTestStates.NewTenant(), url.Artifact, url.Url, What(url.Artifact), Cancel));
        Assert.Equal(0, await Urls.Revoke(_tenant, NewId(), url.Url, What(url.Artifact), Cancel));
        Assert.NotNull(await Redeem(url));
        Assert.Equal(1, await Revoke(url));

        Assert.Null(await Redeem(url));
        Assert.NotNull(await Redeem(other));
        Assert.Equal(1, await Urls.Revoke(_tenant, url.Artifact, null, What(url.Artifact), Cancel));
        Assert.Null(await Redeem(other));
    }

    [Fact]
    public async Task Delete_Artifact_EndsItsUrls()
    {
        var (_, url) = await Issue();

        Assert.True(await fixture.Artifacts().Delete(_tenant, url.Artifact.ToString(), Cancel));

        Assert.Null(await Redeem(url));
    }

    [Fact]
    public async Task Issue_WhereThereIsNoSuchArtifact_IsNothing()
    {
        var (grant, url) = await Issue();
        var hidden = await fixture.Artifacts().Store(new ArtifactDraft(_tenant, "snp_1", "a") { IsHidden = true }, new MemoryStream([1]), 1, Cancel);
        Assert.True(ArtifactId.TryParse(hidden.Info.Id, out var hiddenId));

        Assert.Equal(new IssuedArtifactUrl(null), await Urls.Issue(grant with { Id = ArtifactUrlId.New(), Artifact = NewId() }, What(url.Artifact), Cancel));
        Assert.Equal(new IssuedArtifactUrl(null), await Urls.Issue(grant with { Id = ArtifactUrlId.New(), TenantId = JobTestStates.NewTenant() }, What(url.Artifact), Cancel));
        Assert.Equal(new IssuedArtifactUrl(null), await Urls.Issue(grant with { Id = ArtifactUrlId.New(), Artifact = hiddenId }, What(url.Artifact), Cancel));
    }

    [Fact]
    public async Task Issue_BeyondWhatAnArtifactMayHave_IsRefusedUntilOneIsRevoked()
    {
        var (grant, url) = await Issue();
        for (var count = 1; count < IArtifactUrls.MostOfArtifact; count++)
            await Urls.Issue(grant with { Id = ArtifactUrlId.New() }, What(url.Artifact), Cancel);

        Assert.Equal(new IssuedArtifactUrl(null, IsTooMany: true), await Urls.Issue(grant with { Id = ArtifactUrlId.New() }, What(url.Artifact), Cancel));
        Assert.Equal(1, await Revoke(url));
        Assert.NotNull((await Urls.Issue(grant with { Id = ArtifactUrlId.New() }, What(url.Artifact), Cancel)).Signature);
    }

    [Fact]
    public async Task IssueAndRevoke_AreOnTheRecordAndHoldNoSignature()
    {
        var (_, url) = await Issue();
        await Revoke(url);

        var found = await fixture.Services.GetRequiredService<IAuditQueries>().Query(new AuditQuery(_tenant, 10) { Resource = url.Artifact.ToString() }, Cancel);

        Assert.Equal(2, found.Items.Count);
        Assert.All(found.Items, entry => Assert.True(entry.Body.Span.IndexOf(System.Text.Encoding.ASCII.GetBytes(url.Signature)) < 0));
    }

    private async Task<(ArtifactUrlGrant Grant, PresentedArtifactUrl Url)> Issue(string? tenant = null, ArtifactId? artifact = null, string method = "GET", int seconds = 60)
    {
        tenant ??= _tenant;
        if (artifact is not { } id)
        {
            var info = await fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream([1]), 1, Cancel);
            Assert.True(ArtifactId.TryParse(info.Id, out id));
        }

        var end = DateTimeOffset.FromUnixTimeSeconds(fixture.Now.ToUnixTimeSeconds() + seconds);
        var grant = new ArtifactUrlGrant(ArtifactUrlId.New(), tenant, id, method, end, "alice");
        var signature = (await Urls.Issue(grant, What(id, tenant), Cancel)).Signature!;
        return (grant, new PresentedArtifactUrl(id, grant.Id, end.ToUnixTimeSeconds(), signature));
    }

    private Task<ArtifactUrlGrant?> Redeem(PresentedArtifactUrl url, string method = "GET") => Urls.Redeem(url, method, Cancel);

    private Task<int> Revoke(PresentedArtifactUrl url) => Urls.Revoke(_tenant, url.Artifact, url.Url, What(url.Artifact), Cancel);

    private AuditEvent What(ArtifactId artifact, string? tenant = null) => AuditEvent.OfItself(
        tenant ?? _tenant, "alice", AuditActions.ArtifactUrlCreated, new AuditResource(AuditResourceTypes.Artifact, artifact.ToString()), AuditOutcomes.Succeeded);

    private Task<int> Execute(string sql) =>
        fixture.Sqlite.Writer.Write(session => session.Execute(sql), Sandbox.Storage.Sqlite.WriteScope.SingleStatement, cancellationToken: Cancel);

    private static ArtifactId NewId() => ArtifactId.New();
}
