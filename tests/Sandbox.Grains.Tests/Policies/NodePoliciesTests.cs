using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Policies;
using Sandbox.Testing.Policies;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>What a process knows of policies, for how long, and whom it tells.</summary>
public sealed class NodePoliciesTests
{
    private static readonly PolicyName Name = new("tenant", "default");

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryPolicyStore _store = new();
    private readonly NodePolicies _policies;

    public NodePoliciesTests() => _policies = new NodePolicies(_store, _time);

    [Fact]
    public async Task Last_WithinTheLease_IsReadOnce()
    {
        Assert.Null(await Last());
        await _store.Append(Version(1), PolicyStored.Event, TestContext.Current.CancellationToken);
        Assert.Null(await Last());
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public async Task Last_AfterTheLease_IsReadAnew()
    {
        await Last();
        await _store.Append(Version(1), PolicyStored.Event, TestContext.Current.CancellationToken);

        _time.Advance(NodePolicies.Lease);

        Assert.Equal(1, (await Last())!.Version);
    }

    [Fact]
    public async Task Learn_AVersion_HoldsAtOnce()
    {
        await Last();

        _policies.Learn(Version(1));

        Assert.Equal((1, 1), ((await Last())!.Version, _store.Reads));
    }

    [Fact]
    public async Task Read_ThatNewsHasOvertaken_DoesNotBringTheOlderBack()
    {
        await _store.Append(Version(1), PolicyStored.Event, TestContext.Current.CancellationToken);
        _policies.Learn(Version(2));

        Assert.Equal(2, (await _policies.Read(Name, TestContext.Current.CancellationToken))!.Version);
    }

    [Fact]
    public void Tell_AVersion_ReachesThoseWhoGoByAnotherOne()
    {
        using var watch = new PolicyWatch(_policies, _time, NullLogger<PolicyWatch>.Instance);
        var (version, called) = (1, 0);
        var watching = watch.Watch(Name, () => version, () => called++);

        watch.Tell(Name, Version(1));
        watch.Tell(new PolicyName("tenant", "other"), Version(2));
        Assert.Equal(0, called);
        watch.Tell(Name, Version(2));
        // Until it has helped.
        watch.Tell(Name, Version(2));
        Assert.Equal(2, called);
        version = 2;
        watch.Tell(Name, Version(2));
        watching.Dispose();
        watch.Tell(Name, Version(3));
        Assert.Equal(2, called);
    }

    private ValueTask<PolicyVersion?> Last() => _policies.Last(Name, TestContext.Current.CancellationToken);

    private static PolicyVersion Version(int version) => new(Name.Tenant, Name.Name, version, new PolicyDocument(), "agent", DateTimeOffset.UnixEpoch);
}
