using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Grains.Policies;

/// <summary>What platform and tenant permit together: of two lists what both have, of two bounds the lower one. Pure.</summary>
internal static class EffectivePermits
{
    /// <summary>The permit of something new under a policy; null where there is no such policy.</summary>
    /// <param name="platform">What nobody may exceed.</param>
    /// <param name="policy">The tenant and the name of its policy.</param>
    /// <param name="last">Its last version, be it a removal; null where there never was one.</param>
    public static EffectivePermit? ForNew(PlatformPolicyOptions platform, PolicyName policy, PolicyVersion? last) =>
        last?.Document is { } document ? Of(platform, policy, document, last.Version)
        : HasDefault(policy) ? Of(platform, policy, new PolicyDocument(), PolicyVersion.Platform)
        : null;

    /// <summary>The permit of something that runs under a policy: where that was removed meanwhile, nothing.</summary>
    /// <inheritdoc cref="ForNew"/>
    public static EffectivePermit ForRunning(PlatformPolicyOptions platform, PolicyName policy, PolicyVersion? last) =>
        ForNew(platform, policy, last) ?? new EffectivePermit
        {
            Policy = policy.Name,
            Version = VersionOf(policy, last),
            Withdrawn = true,
            Languages = [],
            Templates = [],
            Isolation = [],
            Services = new PolicyServices { Allowed = false },
        };

    /// <summary>The version that a permit under a policy has.</summary>
    public static int VersionOf(PolicyName policy, PolicyVersion? last) =>
        last is null || (last.Document is null && HasDefault(policy)) ? PolicyVersion.Platform : last.Version;

    // Where a tenant has not stored this one, or has removed it, the platform's stands in for it.
    private static bool HasDefault(PolicyName policy) => policy.Name == PolicyName.Default;

    private static EffectivePermit Of(PlatformPolicyOptions platform, PolicyName policy, PolicyDocument document, int version) => new()
    {
        Policy = policy.Name,
        Version = version,
        Languages = Both(platform.Languages, document.Languages),
        // Where a tenant has a template of its own, the name means that one, so that both may be named.
        Templates = Both(platform.Templates, document.Templates?.SelectMany(name => TemplateName.Candidates(policy.Tenant, name))),
        Isolation = Both(platform.Isolation, document.Isolation),
        Limits = Lower(platform.Limits, document.Limits ?? new PolicyLimits()),
        MaxTtlSeconds = Lower(platform.MaxTtlSeconds, document.Ttl?.MaxSeconds),
        MaxIdleSeconds = document.Ttl?.MaxIdleSeconds,
        Egress = document.Egress?.Allow ?? [],
        Packages = document.Packages ?? new PolicyPackages(),
        Secrets = document.Secrets ?? [],
        SecretsInArtifacts = document.Artifacts?.AllowSecrets ?? false,
        Services = Both(platform.Services, document.Services ?? new PolicyServices()),
        MaxArtifactBytes = document.Artifacts?.MaxBytes,
        Concurrency = document.Concurrency,
        OpaPath = document.Opa?.Path,
    };

    private static PolicyServices Both(PolicyServices platform, PolicyServices tenant) => new()
    {
        Allowed = platform.Allowed == false ? false : tenant.Allowed,
        Ports = platform.Ports is not { } ports ? tenant.Ports : tenant.Ports is null ? ports : [.. tenant.Ports.Intersect(ports)],
        MaxSeconds = Lower(platform.MaxSeconds, tenant.MaxSeconds),
        MaxCount = Lower(platform.MaxCount, tenant.MaxCount),
    };

    private static List<string>? Both(IReadOnlyList<string>? platform, IEnumerable<string>? tenant) =>
        platform is null ? tenant?.ToList() : tenant is null ? [.. platform] : [.. tenant.Intersect(platform, StringComparer.Ordinal)];

    private static PolicyLimits Lower(PolicyLimits platform, PolicyLimits tenant) => new()
    {
        Cpu = Lower(platform.Cpu, tenant.Cpu),
        MemoryBytes = Lower(platform.MemoryBytes, tenant.MemoryBytes),
        DiskBytes = Lower(platform.DiskBytes, tenant.DiskBytes),
        Processes = Lower(platform.Processes, tenant.Processes),
        WallSeconds = Lower(platform.WallSeconds, tenant.WallSeconds),
        OutputBytes = Lower(platform.OutputBytes, tenant.OutputBytes),
    };

    private static T? Lower<T>(T? one, T? other)
        where T : struct, IComparable<T> =>
        one is not { } value ? other : other is { } bound && bound.CompareTo(value) < 0 ? bound : value;
}
