using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>The platform's bounds, asked by the grains themselves.</summary>
public sealed class PolicyGateTests : SessionNodeTest
{
    [Fact]
    public async Task Submit_BeyondTwoBounds_NamesBothAndMakesNothing()
    {
        Node.Settings["Sandbox:Policies:Platform:Limits:MemoryBytes"] = $"{32 << 20}";
        Node.Settings["Sandbox:Policies:Platform:Isolation:0"] = IsolationClasses.Strong;
        await Node.Start();
        var refusal = (await Node.Job(JobId.New()).Submit(Alice, Spec(), "fingerprint", Patience.Token)).Refusal!;
        Assert.Equal((RefusalCodes.PolicyDenied, "isolation", "isolation"), (refusal.Code, refusal.Rule, refusal.Field));
        Assert.Equal("limits.memoryBytes", Assert.Single(refusal.More!).Field);
        Assert.Empty(Node.Runtime.Live);
    }

    [Fact]
    public async Task Submit_DefaultTemplateNotAllowed_IsDenied()
    {
        Node.Settings["Sandbox:Policies:Platform:Templates:0"] = "science";
        await Node.Start();
        var refusal = (await Node.Job(JobId.New()).Submit(Alice, Spec(), "fingerprint", Patience.Token)).Refusal!;
        Assert.Equal((RefusalCodes.PolicyDenied, "templates"), (refusal.Code, refusal.Rule));
    }

    [Fact]
    public async Task Create_LongerThanAllowed_IsDenied()
    {
        Node.Settings["Sandbox:Policies:Platform:MaxTtlSeconds"] = "60";
        await Node.Start();
        var refusal = (await Node.Session(SessionId.New()).Create(Alice, SessionSpec(ttl: 61), "fingerprint", Patience.Token)).Refusal!;
        Assert.Equal((RefusalCodes.PolicyDenied, "ttl", "ttlSeconds"), (refusal.Code, refusal.Rule, refusal.Field));
    }

    [Fact]
    public async Task Update_LongerThanAllowed_IsDeniedAndChangesNothing()
    {
        Node.Settings["Sandbox:Policies:Platform:MaxTtlSeconds"] = "60";
        await Node.Start();
        var (id, _) = await Open(SessionSpec(ttl: 60));
        var before = await Session(id);
        var refusal = (await Node.Session(id).Update(Alice, new SessionChange(61, null, null), Patience.Token)).Refusal!;
        Assert.Equal("ttl", refusal.Rule);
        Assert.Equal(before.ExpiresAt, (await Session(id)).ExpiresAt);
        await EndSession(id);
    }

    [Fact]
    public async Task Fork_LongerThanAllowed_IsDeniedAndLeavesTheSourceAlone()
    {
        Node.Settings["Sandbox:Policies:Platform:MaxTtlSeconds"] = "60";
        await Node.Start();
        var (id, _) = await Open(SessionSpec(ttl: 60));
        var refusal = (await Node.Session(id).Fork(Alice, new ForkSpec(2, false, 61, null), null, "fork", Patience.Token)).Refusal!;
        Assert.Equal((RefusalCodes.PolicyDenied, "ttl", "ttlSeconds"), (refusal.Code, refusal.Rule, refusal.Field));
        Assert.Equal(SessionStatus.Ready, (await Session(id)).Status);
        Assert.Single(Node.Runtime.Live);
        await EndSession(id);
    }

    [Fact]
    public async Task RunStep_LongerThanAllowed_IsDenied()
    {
        Node.Settings["Sandbox:Policies:Platform:Limits:WallSeconds"] = "60";
        await Node.Start();
        var (id, _) = await Open();
        var refusal = (await Node.Session(id).RunStep(Alice, Code("1") with { TimeoutSeconds = 61 }, null, null, TimeSpan.Zero, Patience.Token)).Refusal!;
        Assert.Equal(("limits", "timeoutSeconds"), (refusal.Rule, refusal.Field));
        await EndSession(id);
    }

    [Fact]
    public async Task RunStep_SessionFromBeforeItsLanguageWasForbidden_IsDenied()
    {
        await Node.Start();
        var (id, _) = await Open();
        await Node.Stop();
        Node.Settings["Sandbox:Policies:Platform:Languages:0"] = "bash";
        await Node.Start();
        var refusal = (await Node.Session(id).RunStep(Alice, Code("1"), null, null, TimeSpan.Zero, Patience.Token)).Refusal!;
        Assert.Equal((RefusalCodes.PolicyDenied, "languages", "language"), (refusal.Code, refusal.Rule, refusal.Field));
        await EndSession(id);
    }

    [Fact]
    public async Task StartCommand_SessionFromBeforeItsIsolationWasForbidden_IsDenied()
    {
        await Node.Start();
        var (id, _) = await Open();
        await Node.Stop();
        Node.Settings["Sandbox:Policies:Platform:Isolation:0"] = IsolationClasses.Strong;
        await Node.Start();
        var command = new CommandSpec(["true"], new Dictionary<string, string>(), null, null, false, null, null);
        var commands = Node.Grains.GetGrain<ISessionCommandsGrain>(id.ToString());
        var refusal = (await commands.StartCommand(Alice, command, null, null, Patience.Token)).Refusal!;
        Assert.Equal("isolation", refusal.Rule);
        await EndSession(id);
    }
}
