using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Tests.Quotas;

public sealed class TenantQuotasTests
{
    private static readonly TenantQuotas Quotas = new(10, 20, ConcurrentSandboxes: 3, Cpu: 2.5, MemoryBytes: 100, QueuedJobs: 2, StorageBytes: 1000);

    public static TheoryData<TenantUse, TenantShare, string?> Shares => new()
    {
        { new TenantUse(2, 0, 0, 0, 0), Sandbox(0, 0), null },
        { new TenantUse(3, 0, 0, 0, 0), Sandbox(0, 0), QuotaNames.ConcurrentSandboxes },
        { new TenantUse(1, 0, 1500, 0, 0), Sandbox(1000, 0), null },
        { new TenantUse(1, 0, 1501, 0, 0), Sandbox(1000, 0), QuotaNames.Cpu },
        { new TenantUse(1, 0, 0, 40, 0), Sandbox(0, 60), null },
        { new TenantUse(1, 0, 0, 41, 0), Sandbox(0, 60), QuotaNames.MemoryBytes },
        { new TenantUse(0, 0, 0, 0, 0), Sandbox(9999, 9999), null },
        { new TenantUse(0, 1, 0, 0, 0), TenantShare.Queued, null },
        { new TenantUse(0, 2, 0, 0, 0), TenantShare.Queued, QuotaNames.QueuedJobs },
        { new TenantUse(0, 9, 0, 0, 0), Sandbox(1, 1), null },
        { new TenantUse(9, 0, 9999, 9999, 0), TenantShare.Queued, null },
        { new TenantUse(9, 9, 9999, 9999, 9999), default, null },
    };

    [Theory]
    [MemberData(nameof(Shares))]
    public void Refuse_AShare_IsByWhatItTakesMoreOf(TenantUse others, TenantShare share, string? quota) =>
        Assert.Equal(quota, Quotas.Refuse(others, share)?.Quota);

    [Fact]
    public void Refuse_NoSandboxesAtAll_HoldsEvenTheFirst() =>
        Assert.Equal(new QuotaBreach(QuotaNames.ConcurrentSandboxes, 0, 0), (Quotas with { ConcurrentSandboxes = 0 }).Refuse(default, Sandbox(1, 1)));

    [Theory]
    [InlineData(2.5, 100, null)]
    [InlineData(2.6, 100, "limits.cpu")]
    [InlineData(2.5, 101, "limits.memoryBytes")]
    public void RefuseEver_LimitsBeyondAQuota_NamesTheMember(double cpu, long memory, string? field) =>
        Assert.Equal(field, Quotas.RefuseEver(new ResourceLimits(cpu, memory, 0, 0, 0, 0))?.Field);

    [Fact]
    public void With_SomeOverrides_KeepsTheRest() =>
        Assert.Equal(
            Quotas with { Cpu = 1, QueuedJobs = 0 },
            Quotas.With(new QuotaOverrides { Cpu = 1, QueuedJobs = 0 }));

    [Fact]
    public void Bound_OfPolicy_CountsWhatWaitsAndWhatRuns()
    {
        var bound = new QuotaBound(Quotas, Concurrency: 3);
        Assert.Null(bound.Refuse(new TenantUse(1, 1, 0, 0, 0), TenantShare.Queued));
        var refusal = bound.Refuse(new TenantUse(2, 1, 0, 0, 0), TenantShare.Queued)!.ToRefusal(TimeSpan.FromSeconds(1));
        Assert.Equal((RefusalCodes.PolicyDenied, "concurrency", null), (refusal.Code, refusal.Rule, refusal.Quota));
    }

    private static TenantShare Sandbox(long cpuMillis, long memory) => new(1, 0, cpuMillis, memory);
}
