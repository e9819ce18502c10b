using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>Platform and tenant together, member by member.</summary>
public sealed class EffectivePermitsTests
{
    private static readonly PolicyName Strict = new("acme", "strict");
    private static readonly PolicyName Default = new("acme", PolicyName.Default);

    public static TheoryData<string[]?, string[]?, string[]?> Lists => new()
    {
        { null, null, null },
        { ["a", "b"], null, ["a", "b"] },
        { null, ["b", "c"], ["b", "c"] },
        { ["a", "b"], ["b", "c"], ["b"] },
        { ["a"], ["c"], [] },
        { null, [], [] },
        { [], null, [] },
    };

    public static TheoryData<double?, double?, double?> Bounds => new()
    {
        { null, null, null }, { 5, null, 5 }, { null, 5, 5 }, { 5, 6, 5 }, { 6, 5, 5 }, { 5, 5, 5 },
    };

    [Theory, MemberData(nameof(Lists))]
    public void ForNew_OfTwoLists_HasWhatBothHave(string[]? platform, string[]? tenant, string[]? both)
    {
        var permit = Of(
            new PlatformPolicyOptions { Languages = platform, Isolation = platform },
            new PolicyDocument { Languages = tenant, Isolation = tenant });

        Assert.Equal(both, permit.Languages);
        Assert.Equal(both, permit.Isolation);
    }

    [Theory, MemberData(nameof(Bounds))]
    public void ForNew_OfTwoBounds_HasTheLower(double? platform, double? tenant, double? lower)
    {
        var permit = Of(
            new PlatformPolicyOptions { Limits = Limits(platform), MaxTtlSeconds = platform },
            new PolicyDocument { Limits = Limits(tenant), Ttl = new PolicyTtl { MaxSeconds = tenant } });

        Assert.Equal(Limits(lower), permit.Limits);
        Assert.Equal(lower, permit.MaxTtlSeconds);
    }

    [Theory]
    [InlineData(null, "acme/own own")]
    [InlineData("own other/own", "own")]
    [InlineData("acme/own", "acme/own")]
    [InlineData("other", "")]
    public void ForNew_Templates_AreTheTenantsOwnAndThoseOfAllByThatName(string? platform, string both)
    {
        var permit = Of(new PlatformPolicyOptions { Templates = platform?.Split(' ') }, new PolicyDocument { Templates = ["own"] });

        Assert.Equal(both.Split(' ', StringSplitOptions.RemoveEmptyEntries), permit.Templates);
    }

    [Fact]
    public void ForNew_OfAnEmptyDocument_OpensNothingAndBoundsNothing()
    {
        var permit = Of(new PlatformPolicyOptions(), new PolicyDocument());

        Assert.Equal(("strict", 3, false), (permit.Policy, permit.Version, permit.Withdrawn));
        Assert.Empty(permit.Egress);
        Assert.Empty(permit.Secrets);
        Assert.Equal(new PolicyPackages(), permit.Packages);
        Assert.Null(permit.Services.Allowed);
        Assert.Null(permit.MaxIdleSeconds);
        Assert.Null(permit.MaxArtifactBytes);
        Assert.Null(permit.Concurrency);
    }

    [Fact]
    public void ForNew_WhatTheDocumentOpens_IsCarriedAsItIs()
    {
        var document = new PolicyDocument
        {
            Egress = new PolicyEgress { Allow = [new EgressRule("example.org", null, [443])] },
            Packages = new PolicyPackages { Dependencies = PackageDependencies.OfAllowed },
            Secrets = ["TOKEN"],
            Services = new PolicyServices { Allowed = false },
            Artifacts = new PolicyArtifacts { MaxBytes = 7 },
            Concurrency = 2,
            Ttl = new PolicyTtl { MaxIdleSeconds = 9 },
        };

        var permit = Of(new PlatformPolicyOptions(), document);

        Assert.Equal(document.Egress.Allow, permit.Egress);
        Assert.Equal((document.Packages, document.Secrets, document.Services), (permit.Packages, permit.Secrets, permit.Services));
        Assert.Equal((7L, 2, 9.0), (permit.MaxArtifactBytes, permit.Concurrency, permit.MaxIdleSeconds));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, true)]
    public void ForNew_NoStoredDefault_IsThePlatforms(int version, bool removed)
    {
        var last = removed ? Version(Default, version, null) : null;

        var permit = EffectivePermits.ForNew(new PlatformPolicyOptions { MaxTtlSeconds = 5 }, Default, last)!;

        Assert.Equal((PolicyName.Default, PolicyVersion.Platform, 5.0), (permit.Policy, permit.Version, permit.MaxTtlSeconds));
        Assert.Equal(permit.Version, EffectivePermits.VersionOf(Default, last));
    }

    [Fact]
    public void ForNew_NoSuchPolicy_IsNone()
    {
        Assert.Null(EffectivePermits.ForNew(new PlatformPolicyOptions(), Strict, null));
        Assert.Null(EffectivePermits.ForNew(new PlatformPolicyOptions(), Strict, Version(Strict, 2, null)));
    }

    [Fact]
    public void ForRunning_PolicyRemoved_PermitsNothing()
    {
        var permit = EffectivePermits.ForRunning(new PlatformPolicyOptions(), Strict, Version(Strict, 2, null));

        Assert.Equal((2, true), (permit.Version, permit.Withdrawn));
        Assert.Empty(permit.Languages!);
        Assert.Empty(permit.Templates!);
        Assert.Empty(permit.Isolation!);
        Assert.False(permit.Services.Allowed);
    }

    private static EffectivePermit Of(PlatformPolicyOptions platform, PolicyDocument document) =>
        EffectivePermits.ForNew(platform, Strict, Version(Strict, 3, document))!;

    private static PolicyVersion Version(PolicyName policy, int version, PolicyDocument? document) =>
        new(policy.Tenant, policy.Name, version, document, "agent", DateTimeOffset.UnixEpoch);

    private static PolicyLimits Limits(double? bound) => new()
    {
        Cpu = bound, MemoryBytes = (long?)bound, DiskBytes = (long?)bound, Processes = (int?)bound, WallSeconds = bound, OutputBytes = (long?)bound,
    };
}
