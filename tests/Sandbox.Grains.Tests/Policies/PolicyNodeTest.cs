using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>A test of what a tenant's policies do.</summary>
public abstract class PolicyNodeTest : SessionNodeTest
{
    private protected static Caller Admin { get; } = new("tenant", "root", Roles.Admin);

    private protected async Task<int> Store(PolicyDocument document, string name = PolicyName.Default)
    {
        var reply = await Node.Policy(name).Put(Admin, document, new PolicyCondition(), Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!.Version;
    }

    private protected async Task Remove(string name = PolicyName.Default) =>
        Assert.Null((await Node.Policy(name).Remove(Admin, new PolicyCondition(), Patience.Token)).Refusal);
}
