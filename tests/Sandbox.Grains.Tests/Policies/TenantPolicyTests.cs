using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>What a tenant's policy does to new jobs and sessions.</summary>
public sealed class TenantPolicyTests : PolicyNodeTest
{
    private const LimitMembers AllLimits = LimitMembers.Cpu | LimitMembers.MemoryBytes | LimitMembers.DiskBytes
        | LimitMembers.Processes | LimitMembers.WallSeconds | LimitMembers.OutputBytes;

    [Fact]
    public async Task Submit_WhatTheDefaultForbids_IsDeniedUntilItIsRemoved()
    {
        await Node.Start();
        await Cancel(await Submit());
        await Store(new PolicyDocument { Languages = [], Limits = new PolicyLimits { Processes = 16 } });

        var refusal = await Refused(Spec());

        Assert.Equal((RefusalCodes.PolicyDenied, "languages", "language"), (refusal.Code, refusal.Rule, refusal.Field));
        Assert.Equal("limits.processes", Assert.Single(refusal.More!).Field);
        await Remove();
        var job = await View(await Submit());
        Assert.Equal(new PolicyDecision("default", 0, true), job.Decision);
        await CancelAll();
    }

    [Fact]
    public async Task Submit_UnderANamedPolicy_IsDecidedByThatAlone()
    {
        await Node.Start();
        await Store(new PolicyDocument { Languages = [] });
        await Store(new PolicyDocument(), "wide");
        await Store(new PolicyDocument(), "wide");

        var job = await View(await Submit(Spec() with { Policy = "wide" }));

        Assert.Equal(new PolicyDecision("wide", 2, true), job.Decision);
        await CancelAll();
    }

    [Theory]
    [InlineData("never")]
    [InlineData("gone")]
    [InlineData("Not a name")]
    public async Task Submit_UnderAPolicyThatIsNotThere_NamesTheMember(string name)
    {
        await Node.Start();
        await Store(new PolicyDocument(), "gone");
        await Remove("gone");

        var refusal = await Refused(Spec() with { Policy = name });

        Assert.Equal((RefusalCodes.PolicyUnknown, "policy"), (refusal.Code, refusal.Field));
    }

    [Fact]
    public async Task Submit_ByACallerWithAPolicy_RunsUnderThatOnly()
    {
        await Node.Start();
        await Store(new PolicyDocument(), "narrow");
        await Store(new PolicyDocument(), "wide");
        var bound = Alice with { Policy = "narrow" };
        var id = JobId.New();

        var submitted = await Node.Job(id).Submit(bound, Spec(), "f", Patience.Token);
        var other = (await Node.Job(JobId.New()).Submit(bound, Spec() with { Policy = "wide" }, "f", Patience.Token)).Refusal!;

        Assert.Equal("narrow", submitted.Value!.Job.Decision.Policy);
        Assert.Equal((RefusalCodes.PolicyDenied, "policy"), (other.Code, other.Rule));
        var (session, _) = await Open(SessionSpec() with { Policy = "wide" });
        Assert.Equal("policy", (await Node.Session(session).RunStep(bound, Code("1"), null, null, TimeSpan.Zero, Patience.Token)).Refusal!.Rule);
        Assert.Equal("policy", (await Node.Session(session).Update(bound, new SessionChange(60, null, null), Patience.Token)).Refusal!.Rule);
        // By files and input, too, it would act there.
        Assert.Equal("policy", (await Node.Session(session).Touch(bound, Patience.Token)).Refusal!.Rule);
        Assert.Equal("policy", (await Node.Session(session).End(bound, Patience.Token)).Refusal!.Rule);
        Assert.NotNull((await Node.Session(session).Get(bound, Patience.Token)).Value);
        await EndSession(session);
        await CancelAll();
    }

    [Fact]
    public async Task Submit_LimitsLeftOut_AreLoweredToWhatPolicyAllows()
    {
        await Node.Start();
        await Store(new PolicyDocument { Limits = new PolicyLimits { MemoryBytes = 32 << 20, WallSeconds = 5 } });

        Assert.Equal("limits.memoryBytes", (await Refused(Spec())).Field);
        var job = await View(await Submit(Spec() with { LeftOut = AllLimits }));

        Assert.Equal((32L << 20, 32L << 20, 5.0), (job.Limits.MemoryBytes, job.Limits.DiskBytes, job.Limits.WallSeconds));
        await CancelAll();
    }

    [Fact]
    public async Task Create_TimeLeftOut_IsWhatPolicyAllows()
    {
        await Node.Start();
        await Store(new PolicyDocument { Ttl = new PolicyTtl { MaxSeconds = 60, MaxIdleSeconds = 30 } });

        var (id, _) = await Open(SessionSpec() with { TtlLeftOut = true });

        var session = await Session(id);
        Assert.Equal((TimeSpan.FromSeconds(60), 30.0), (session.ExpiresAt - session.CreatedAt, session.IdleSeconds));
        Assert.Equal(new PolicyDecision("default", 1, true), session.Decision);
        Assert.Equal("ttl", (await Node.Session(id).Update(Alice, new SessionChange(null, 0, null), Patience.Token)).Refusal!.Rule);
        await EndSession(id);
    }

    [Fact]
    public async Task Create_WithADefaultForIdling_IsShortenedByPolicyAlone()
    {
        await Node.Start();
        await Store(new PolicyDocument { Ttl = new PolicyTtl { MaxIdleSeconds = 30 } });

        var (shortened, _) = await Open(SessionSpec(idle: 300) with { IdleLeftOut = true });
        var (kept, _) = await Open(SessionSpec(idle: 20) with { IdleLeftOut = true });

        Assert.Equal((30.0, 20.0), ((await Session(shortened)).IdleSeconds, (await Session(kept)).IdleSeconds));
        await EndSession(shortened);
        await EndSession(kept);
    }

    [Fact]
    public async Task Update_ToAsMuchAsIsPermitted_IsAsMuchAndNotRefused()
    {
        await Node.Start();
        await Store(new PolicyDocument { Ttl = new PolicyTtl { MaxSeconds = 600, MaxIdleSeconds = 30 } });
        var (id, _) = await Open(SessionSpec(ttl: 60, idle: 20));

        var changed = await Node.Session(id).Update(Alice, new SessionChange(100_000, 100_000, null, AtMostPermitted: true), Patience.Token);

        Assert.Null(changed.Refusal);
        Assert.Equal(30, changed.Value!.IdleSeconds);
        Assert.InRange(changed.Value.ExpiresAt - changed.Value.CreatedAt, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(660));
        await EndSession(id);
    }

    [Fact]
    public async Task Submit_PackagesAndSecrets_AreDeniedUnlessAllowedAndNeverLeftAway()
    {
        await Node.Start();
        var packages = Spec() with { Packages = new RequestedPackages(["numpy"], []) };
        var secrets = Spec() with { Secrets = ["TOKEN"] };
        Assert.Equal("packages", (await Refused(packages)).Rule);
        Assert.Equal("secrets", (await Refused(secrets)).Rule);

        await Store(new PolicyDocument { Packages = new() { Python = new() { Allow = ["numpy>=2"] } }, Secrets = ["TOKEN"] });

        Assert.Equal("packages", (await Refused(packages with { Packages = new RequestedPackages(["numpy", "pandas"], []) })).Rule);
        Assert.Equal(RefusalCodes.SecretUnknown, (await Refused(secrets)).Code);
    }

    [Fact]
    public async Task Submit_ManyAtOnce_AreAsManyAsPolicyAllows()
    {
        await Node.Start();
        await Store(new PolicyDocument { Concurrency = 3 });
        var (session, _) = await Open();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Node.Job(JobId.New()).Submit(Alice, Spec(), "f", Patience.Token)));

        Assert.Equal(2, replies.Count(reply => reply.Value is not null));
        Assert.All(replies.Where(reply => reply.Value is null), reply => Assert.Equal("concurrency", reply.Refusal!.Rule));
        await EndSession(session);
        await CancelAll();
        await Cancel(await Submit());
    }

    [Fact]
    public async Task Job_HasItsPermitWithItsInput()
    {
        await Node.Start();
        await Store(new PolicyDocument { Egress = new PolicyEgress { Allow = [new EgressRule("Example.ORG.", null, null)] } });

        var id = await Submit();

        var permit = Durable(id)!.ShortInput!.Permit;
        Assert.Equal(("default", 1, "example.org"), (permit.Policy, permit.Version, Assert.Single(permit.Egress).Host));
        await CancelAll();
    }

    [Fact]
    public async Task Submit_UnderAKnownPolicy_ReadsNothing()
    {
        await Node.Start();
        await Store(new PolicyDocument());
        var reads = Node.Policies.Reads;

        for (var i = 0; i < 20; i++)
            await Submit();

        // The lease may end once meanwhile.
        Assert.InRange(Node.Policies.Reads - reads, 0, 2);
        await CancelAll();
    }

    [Fact]
    public async Task Evaluate_AgreesWithWhatHappens_AndStartsNothing()
    {
        Node.Runtime.Available = new HashSet<IsolationClass> { IsolationClass.Standard, IsolationClass.Strong };
        await Node.Start();
        await Store(new PolicyDocument { Isolation = [IsolationClasses.Strong], Limits = new PolicyLimits { MemoryBytes = 32 << 20 } });

        var denied = (await Node.Policy().Evaluate(Alice, Spec() with { LeftOut = LimitMembers.Processes }, Patience.Token)).Value!;
        var allowed = (await Node.Policy().Evaluate(Alice, SessionSpec(isolation: IsolationClasses.Strong) with { LeftOut = AllLimits }, Patience.Token)).Value!;
        var missing = (await Node.Policy().Evaluate(Alice, Spec() with { Template = "none" }, Patience.Token)).Value!;

        var refusal = await Refused(Spec());
        Assert.Equal(new PolicyDecision("default", 1, false, refusal.Rule, refusal.Detail), denied.Decision);
        Assert.Equal(refusal.More!.Select(error => error.Field).Prepend(refusal.Field), denied.Violations.Select(violation => violation.Field));
        Assert.Equal((new PolicyDecision("default", 1, true), 32L << 20), (allowed.Decision, allowed.Limits.MemoryBytes));
        Assert.Empty(allowed.Violations);
        Assert.Equal((false, RefusalCodes.TemplateUnknown), (missing.Decision.Allowed, missing.Decision.Rule));
        Assert.Empty(Node.Runtime.Live);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Policy("none").Evaluate(Alice, Spec(), Patience.Token)).Refusal!.Code);
    }

    private async Task<Refusal> Refused(JobSpec spec)
    {
        var reply = await Node.Job(JobId.New()).Submit(Alice, spec, "fingerprint", Patience.Token);
        Assert.Null(reply.Value);
        return reply.Refusal!;
    }

    private async Task CancelAll()
    {
        foreach (var row in Node.States.Rows.Where(row => row.View.FinishedAt is null).ToList())
            await Cancel(row.Id);
    }
}
