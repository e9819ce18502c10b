using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Quotas;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Quotas;

public sealed class TenantSharesTests
{
    private static readonly TenantShare Sandbox = new(1, 0, 1000, 1);

    private readonly ScriptedUsage _usage = new() { Overrides = { ["a"] = new QuotaOverrides { ConcurrentSandboxes = 2 } } };
    private readonly TenantShares _shares;

    public TenantSharesTests() => _shares = new TenantShares(_usage, new InstallationQuotas(Options.Create(new QuotaOptions())));

    [Fact]
    public void Take_WhatIsAboutToBe_CountsBesideWhatIsDurable()
    {
        _usage.Durable["a"] = new TenantUse(1, 0, 0, 0, 0);
        Assert.Null(Take("1"));
        Assert.Equal(new QuotaBreach(QuotaNames.ConcurrentSandboxes, 2, 2), Take("2"));
        Assert.Null(Take("1", tenant: "b"));
    }

    [Fact]
    public void Take_BetweenTheCommitAndItsWord_CountsOnce()
    {
        Assert.Null(Take("1"));
        // It is durable, and whoever wrote it has not heard yet.
        _usage.Durable["a"] = new TenantUse(1, 0, 1000, 1, 0);
        _usage.Shares["1"] = Sandbox;
        Assert.Null(Take("2"));
        Assert.NotNull(Take("3"));
    }

    [Fact]
    public void Settle_WhatIsDurable_LeavesNothingBehind()
    {
        var owner = new object();
        Take("1", owner);
        _usage.Durable["a"] = new TenantUse(1, 0, 1000, 1, 0);
        _shares.Settle("a", "1", Sandbox, owner);
        Assert.Null(Take("2"));
        Assert.NotNull(Take("3"));
    }

    [Fact]
    public void Settle_AnEarlierShare_KeepsTheLaterOne()
    {
        var owner = new object();
        Take("1", owner);
        _shares.Settle("a", "1", TenantShare.Queued, owner);
        Assert.Null(Take("2"));
        Assert.NotNull(Take("3"));
    }

    [Fact]
    public void Drop_ByAnEarlierOwner_KeepsTheLaterOne()
    {
        var (earlier, later) = (new object(), new object());
        Take("1", earlier);
        Take("1", later);
        Take("2");
        _shares.Drop("a", "1", earlier);
        Assert.NotNull(Take("3"));
        _shares.Drop("a", "1", later);
        Assert.Null(Take("3"));
    }

    [Fact]
    public void Take_ManyThreads_GivesAwayAsMuchAsThereIs()
    {
        var taken = 0;
        Parallel.For(0, 100, index =>
        {
            if (Take($"{index}") is null)
                Interlocked.Increment(ref taken);
        });
        Assert.Equal(2, taken);
    }

    [Fact]
    public void OpenBeside_OthersThatAreAboutToBe_CountsTheEarlierOnes()
    {
        _usage.Durable["a"] = new TenantUse(1, 2, 0, 0, 0);
        using var first = _shares.Open("a", "1");
        using (_shares.Open("a", "2"))
        {
            Assert.Equal((3, 4, 5), (_shares.OpenBeside("a", "1"), _shares.OpenBeside("a", "2"), _shares.OpenBeside("a", null)));
        }

        Assert.Equal(4, _shares.OpenBeside("a", null));
    }

    private QuotaBreach? Take(string id, object? owner = null, string tenant = "a") => _shares.Take(tenant, id, Sandbox, owner ?? new object(), out _);
}
