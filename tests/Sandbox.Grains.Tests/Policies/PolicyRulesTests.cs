using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Policies.Rules;

namespace Sandbox.Grains.Tests.Policies;

public sealed class PolicyRulesTests
{
    private static readonly EffectivePermit Permit = new()
    {
        Languages = ["python"],
        Templates = ["default", "acme/own"],
        Isolation = [IsolationClasses.Strong],
        Limits = new PolicyLimits { Cpu = 1, MemoryBytes = 1000, DiskBytes = 1000, Processes = 10, WallSeconds = 5.5, OutputBytes = 100 },
        MaxTtlSeconds = 60,
        MaxIdleSeconds = 30,
        Packages = new PolicyPackages
        {
            Python = new PackageAllowlist { Allow = ["Typing_Extensions>=4"] },
            Node = new PackageAllowlist { Allow = ["@scope/name@^1"] },
        },
        Secrets = ["TOKEN"],
        Concurrency = 3,
    };

    private static readonly PolicyRequest Greatest = new()
    {
        Language = "python",
        Template = "acme/own",
        Isolation = IsolationClasses.Strong,
        Limits = new ResourceLimits(1, 1000, 1000, 10, 5.5, 100),
        TimeoutSeconds = 5.5,
        TtlSeconds = 60,
        IdleSeconds = 30,
        Packages = new RequestedPackages(["typing.extensions==4.9"], ["@scope/name"]),
        Secrets = ["TOKEN"],
        Others = 2,
    };

    [Fact]
    public void Refuse_ExactlyWhatIsAllowed_IsNull() => Assert.Null(Refuse(Permit, Greatest));

    [Fact]
    public void Refuse_NoBounds_IsNull() => Assert.Null(Refuse(new EffectivePermit(), Greatest with { Packages = null, Secrets = null }));

    [Fact]
    public void Refuse_NothingAsked_IsNull() => Assert.Null(Refuse(Permit, new PolicyRequest()));

    [Theory]
    [InlineData("languages", "language")]
    [InlineData("templates", "template")]
    [InlineData("isolation", "isolation")]
    [InlineData("limits", "limits.cpu")]
    [InlineData("limits", "limits.memoryBytes")]
    [InlineData("limits", "limits.diskBytes")]
    [InlineData("limits", "limits.processes")]
    [InlineData("limits", "limits.wallSeconds")]
    [InlineData("limits", "limits.outputBytes")]
    [InlineData("limits", "timeoutSeconds")]
    [InlineData("ttl", "ttlSeconds")]
    [InlineData("ttl", "idleSeconds")]
    [InlineData("packages", "packages.python[1]")]
    [InlineData("packages", "packages.python[0]")]
    [InlineData("packages", "packages.node[0]")]
    [InlineData("packages", "packages.node[1]")]
    [InlineData("secrets", "secrets[0]")]
    [InlineData("concurrency", "$")]
    public void Refuse_OneMemberBeyond_NamesItAndItsRule(string rule, string field)
    {
        var refusal = Refuse(Permit, Beyond(field))!;
        Assert.Equal((RefusalCodes.PolicyDenied, rule, field), (refusal.Code, refusal.Rule, refusal.Field));
        Assert.Empty(refusal.More!);
    }

    [Fact]
    public void Refuse_EverythingBeyond_NamesEveryMember()
    {
        var refusal = Refuse(Permit, new PolicyRequest
        {
            Language = "bash", Template = "own", Isolation = IsolationClasses.Standard,
            Limits = new ResourceLimits(2, 2000, 2000, 20, 6, 200), TimeoutSeconds = 6, TtlSeconds = 61,
        })!;
        Assert.Equal("language", refusal.Field);
        Assert.Equal(
            ["template", "isolation", "limits.cpu", "limits.memoryBytes", "limits.diskBytes", "limits.processes", "limits.wallSeconds", "limits.outputBytes", "timeoutSeconds", "ttlSeconds"],
            refusal.More!.Select(error => error.Field));
    }

    [Fact]
    public void Refuse_WorkspaceBeyondTheLoweredMemory_NamesIt() =>
        Assert.Equal("limits.diskBytes", Refuse(Permit with { Limits = Permit.Limits with { DiskBytes = null } }, Greatest with { Limits = Greatest.Limits! with { DiskBytes = 1001 } })!.Field);

    [Fact]
    public void Refuse_UnderAPolicyThatIsGone_SaysSoFirst() =>
        Assert.Equal("policy", Refuse(new EffectivePermit { Withdrawn = true, Languages = [] }, Greatest)!.Rule);

    private static PolicyRequest Beyond(string field)
    {
        var limits = Greatest.Limits!;
        return field switch
        {
            "language" => Greatest with { Language = "Python" },
            // A tenant names its templates itself; the key tells whose it is.
            "template" => Greatest with { Template = "other/own" },
            "isolation" => Greatest with { Isolation = IsolationClasses.Standard },
            "timeoutSeconds" => Greatest with { TimeoutSeconds = 5.6 },
            "ttlSeconds" => Greatest with { TtlSeconds = 60.5 },
            "idleSeconds" => Greatest with { IdleSeconds = double.PositiveInfinity },
            "packages.python[1]" => Greatest with { Packages = new RequestedPackages(["typing-extensions", "numpy"], []) },
            "packages.python[0]" => Greatest with { Packages = new RequestedPackages(["typing_extensions==3.10"], []) },
            "packages.node[0]" => Greatest with { Packages = new RequestedPackages([], ["file:../name"]) },
            "packages.node[1]" => Greatest with { Packages = new RequestedPackages([], ["@scope/name@1.9.0", "@scope/name@2.0.0"]) },
            "secrets[0]" => Greatest with { Secrets = ["Token"] },
            "$" => Greatest with { Others = 3 },
            "limits.cpu" => Greatest with { Limits = limits with { Cpu = 1.01 } },
            "limits.memoryBytes" => Greatest with { Limits = limits with { MemoryBytes = 1001 } },
            "limits.diskBytes" => Greatest with { Limits = limits with { DiskBytes = 1001 } },
            "limits.processes" => Greatest with { Limits = limits with { Processes = 11 } },
            "limits.wallSeconds" => Greatest with { Limits = limits with { WallSeconds = 5.6 } },
            _ => Greatest with { Limits = limits with { OutputBytes = 101 } },
        };
    }

    private static Refusal? Refuse(EffectivePermit permit, PolicyRequest request) => new PolicyRules(
    [
        new WithdrawnRule(), new LanguagesRule(), new TemplatesRule(), new IsolationRule(), new LimitsRule(), new TtlRule(), new PackagesRule(),
        new SecretsRule(), new ConcurrencyRule(),
    ]).Refuse(permit, request);
}
