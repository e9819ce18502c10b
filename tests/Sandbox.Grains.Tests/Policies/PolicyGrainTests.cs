using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>Who may store a policy, and what the present version has to be for it.</summary>
public sealed class PolicyGrainTests : NodeTest
{
    private static readonly Caller Admin = new("tenant", "root", Roles.Admin);
    private static readonly PolicyCondition Any = new();

    [Fact]
    public async Task Put_Again_IsTheNextVersion()
    {
        await Node.Start();

        var first = (await Put(Any)).Value!;
        var second = (await Put(Any)).Value!;

        Assert.Equal((1, 2), (first.Version, second.Version));
        Assert.Equal(("tenant", "default", "root"), (first.TenantId, first.Name, first.AgentId));
        Assert.Equal(2, (await Node.Policies.Versions("tenant", "default", null, 10, Patience.Token)).Items.Count);
    }

    [Theory]
    [InlineData(Roles.Member)]
    [InlineData(Roles.Auditor)]
    public async Task PutAndRemove_ByWhoIsNoAdmin_AreDenied(string role)
    {
        await Node.Start();
        await Put(Any);

        Assert.Equal("role", (await Node.Policy().Put(Admin with { Role = role }, new PolicyDocument(), Any, Patience.Token)).Refusal!.Rule);
        Assert.Equal("role", (await Node.Policy().Remove(Admin with { Role = role }, Any, Patience.Token)).Refusal!.Rule);
    }

    [Fact]
    public async Task Any_OfAnotherTenant_IsNotThere()
    {
        await Node.Start();
        await Put(Any);
        var stranger = Admin with { TenantId = "stranger" };

        Assert.Equal(RefusalCodes.NotFound, (await Node.Policy().Put(stranger, new PolicyDocument(), Any, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Policy().Remove(stranger, Any, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Policy().Evaluate(stranger, Spec(), Patience.Token)).Refusal!.Code);
    }

    [Fact]
    public async Task Put_AgainstItsCondition_IsRefusedAndStoresNothing()
    {
        await Node.Start();
        Assert.Equal(RefusalCodes.PolicyChanged, (await Put(new PolicyCondition(Present: true))).Refusal!.Code);
        Assert.Equal(RefusalCodes.PolicyChanged, (await Put(new PolicyCondition(AnyOf: [1]))).Refusal!.Code);
        Assert.Equal(1, (await Put(new PolicyCondition(Absent: true))).Value!.Version);
        Assert.Equal(RefusalCodes.PolicyChanged, (await Put(new PolicyCondition(Absent: true))).Refusal!.Code);
        Assert.Equal(2, (await Put(new PolicyCondition(AnyOf: [1, 7]))).Value!.Version);
        Assert.Equal(RefusalCodes.PolicyChanged, (await Put(new PolicyCondition(AnyOf: [1]))).Refusal!.Code);
        Assert.Equal(3, (await Put(new PolicyCondition(Present: true))).Value!.Version);
    }

    [Fact]
    public async Task Remove_ThenPut_GoesOnCounting()
    {
        await Node.Start();
        await Put(Any);

        var removal = (await Node.Policy().Remove(Admin, new PolicyCondition(AnyOf: [1]), Patience.Token)).Value!;

        Assert.Equal((2, null), (removal.Version, removal.Document));
        Assert.Equal(RefusalCodes.NotFound, (await Node.Policy().Remove(Admin, Any, Patience.Token)).Refusal!.Code);
        Assert.Equal(3, (await Put(new PolicyCondition(Absent: true))).Value!.Version);
    }

    [Fact]
    public async Task Put_WrongDocument_NamesTheMemberAndStoresNothing()
    {
        await Node.Start();

        var refusal = (await Node.Policy().Put(Admin, new PolicyDocument { Concurrency = 0 }, Any, Patience.Token)).Refusal!;

        Assert.Equal((RefusalCodes.InvalidRequest, "concurrency"), (refusal.Code, refusal.Field));
        Assert.Null(await Node.Policies.Last("tenant", "default", Patience.Token));
    }

    private Task<Reply<PolicyVersion>> Put(PolicyCondition condition) => Node.Policy().Put(Admin, new PolicyDocument(), condition, Patience.Token);
}
