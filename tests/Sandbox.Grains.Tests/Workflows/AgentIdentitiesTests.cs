using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Grains.Workflows;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class AgentIdentitiesTests
{
    private readonly MemoryAgentKeys _keys = new();

    [Theory]
    [InlineData(Roles.Member, null, "alice")]
    [InlineData(Roles.Member, "alice", "alice")]
    [InlineData(Roles.Member, "bob", "alice/bob")]
    [InlineData(Roles.Admin, "bob", "bob")]
    [InlineData(Roles.Operator, "bob", "bob")]
    public void Recorded_OfAMember_IsToldAsTheMembers(string role, string? agent, string recorded) =>
        Assert.Equal(recorded, AgentIdentities.Recorded(new Caller("tenant", "alice", role), agent));

    [Theory]
    [InlineData(null, null, "", null, null)]
    [InlineData(null, "other", "", null, null)]
    [InlineData(null, null, "narrow", null, "narrow")]
    [InlineData(null, "narrow", "narrow", null, "narrow")]
    [InlineData(null, "wide", "narrow", "refused", null)]
    [InlineData("wide", null, "narrow", "refused", null)]
    [InlineData("narrow", null, "narrow", null, "narrow")]
    [InlineData(null, null, "narrow,other", "refused", null)]
    [InlineData(null, "other", "narrow,other", null, "other")]
    [InlineData("wide", null, "", null, "wide")]
    public async Task Resolve_OfAnAgentWithKeysForPolicies_IsBoundByThemAndByTheOwner(string? owner, string? named, string keys, string? refused, string? bound)
    {
        _keys.Policies["bob"] = keys.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var identities = new AgentIdentities(_keys, TimeProvider.System);
        var reply = await identities.Resolve(new Caller("tenant", "alice", Roles.Member, owner), "bob", named, TestContext.Current.CancellationToken);
        Assert.Equal(refused is not null, reply.Refusal is { Code: RefusalCodes.PolicyDenied, Field: "policy" });
        if (refused is null)
            Assert.Equal(("alice/bob", bound), (reply.Value!.AgentId, reply.Value.Policy));
    }
}
