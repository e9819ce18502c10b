using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Testing.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>What a change of a policy does to sessions that run under it.</summary>
public sealed class RunningSessionPolicyTests : PolicyNodeTest
{
    [Fact]
    public async Task Put_ShorterTimes_ReachTheRunningSession()
    {
        await Node.Start();
        var (id, _) = await Open();

        await Store(new PolicyDocument
        {
            Ttl = new PolicyTtl { MaxSeconds = 60, MaxIdleSeconds = 10 },
            Limits = new PolicyLimits { WallSeconds = 5 },
            Egress = new PolicyEgress { Allow = [new EgressRule("a.example", null, null)] },
        });
        await Until(async () => (await Session(id)).Decision.Version == 1);

        var session = await Session(id);
        Assert.Equal((TimeSpan.FromSeconds(60), 10.0, 5.0), (session.ExpiresAt - Node.Time.GetUtcNow(), session.IdleSeconds, session.Limits.WallSeconds));
        Assert.Equal("a.example", Assert.Single(Durable(id).Permit.Egress).Host);
        Node.Time.Advance(TimeSpan.FromSeconds(11));
        await Until(async () => await GoneOrNull(id) == RefusalCodes.SessionExpired);
    }

    [Fact]
    public async Task Put_Wider_GivesNoMoreTime()
    {
        await Node.Start();
        await Store(new PolicyDocument { Ttl = new PolicyTtl { MaxSeconds = 60 } });
        var (id, _) = await Open(SessionSpec(ttl: 60));
        var end = (await Session(id)).ExpiresAt;

        await Store(new PolicyDocument());
        await Until(async () => (await Session(id)).Decision.Version == 2);

        Assert.Equal(end, (await Session(id)).ExpiresAt);
        await EndSession(id);
    }

    [Fact]
    public async Task RunStep_ForbiddenMeanwhile_IsDeniedAtOnce()
    {
        await Node.Start();
        var (id, _) = await Open();

        await Store(new PolicyDocument { Languages = [] });

        var refusal = (await Node.Session(id).RunStep(Alice, Code("1"), null, null, TimeSpan.Zero, Patience.Token)).Refusal!;
        Assert.Equal((RefusalCodes.PolicyDenied, "languages"), (refusal.Code, refusal.Rule));
        await EndSession(id);
    }

    [Fact]
    public async Task Remove_ANamedPolicy_LetsNothingBeginUnderIt()
    {
        await Node.Start();
        await Store(new PolicyDocument { Egress = new PolicyEgress { Allow = [new EgressRule("a.example", null, null)] } }, "named");
        var (id, _) = await Open(SessionSpec() with { Policy = "named" });

        await Remove("named");
        await Until(async () => (await Session(id)).Decision.Version == 2);

        var refusal = (await Node.Session(id).RunStep(Alice, Code("1"), null, null, TimeSpan.Zero, Patience.Token)).Refusal!;
        Assert.Equal("policy", refusal.Rule);
        Assert.Empty(Durable(id).Permit.Egress);
        await EndSession(id);
    }

    [Fact]
    public async Task TakeUp_PolicyChangedWhileNobodyHeldTheSession_GoesByIt()
    {
        await Node.Start();
        var (id, _) = await Open();
        await Node.Stop();
        await Node.Policies.Append(
            new PolicyVersion("tenant", PolicyName.Default, 1, new PolicyDocument { Ttl = new PolicyTtl { MaxSeconds = 60 } }, "root", Node.Time.GetUtcNow()), PolicyStored.Event, Patience.Token);

        await Node.Start();

        Assert.Equal((1, TimeSpan.FromSeconds(60)), ((await Session(id)).Decision.Version, (await Session(id)).ExpiresAt - Node.Time.GetUtcNow()));
        await EndSession(id);
    }

    [Fact]
    public async Task Change_ThatNobodyWasToldOf_IsFoundByLooking()
    {
        await Node.Start();
        var (id, _) = await Open();

        await Node.Policies.Append(new PolicyVersion("tenant", PolicyName.Default, 1, new PolicyDocument(), "root", Node.Time.GetUtcNow()), PolicyStored.Event, Patience.Token);

        await Until(async () => (await Session(id)).Decision.Version == 1);
        await EndSession(id);
    }

    [Fact]
    public async Task Fork_OfASession_RunsUnderItsPolicy()
    {
        await Node.Start();
        await Store(new PolicyDocument(), "named");
        var (id, _) = await Open(SessionSpec() with { Policy = "named" });

        var forks = (await Node.Session(id).Fork(Alice, new ForkSpec(1, false, null, null), null, "f", Patience.Token)).Value!;

        Assert.Equal(new PolicyDecision("named", 1, true), Assert.Single(forks.Sessions).Decision);
        SessionId.TryParse(forks.Sessions[0].Id, out var fork);
        await EndSession(fork);
        await EndSession(id);
    }

    private SessionState Durable(SessionId id) => Node.States.Read<SessionState>("session", id.ToString())!;
}
