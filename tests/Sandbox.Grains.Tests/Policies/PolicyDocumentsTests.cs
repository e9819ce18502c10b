using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Policies.Opa;
using Sandbox.Grains.Sandboxes;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Tests.Policies;

public sealed class PolicyDocumentsTests
{
    private static readonly PolicyDocuments Documents = With(new OpaOptions { Url = "http://127.0.0.1:8181" });

    public static TheoryData<string, PolicyDocument> Wrong => new()
    {
        { "languages[1]", new() { Languages = ["python", "cobol"] } },
        { "templates[0]", new() { Templates = ["acme/own"] } },
        { "isolation[0]", new() { Isolation = ["Strong"] } },
        { "opa.path", new() { Opa = new() } },
        { "opa.path", new() { Opa = new() { Path = "../policies" } } },
        { "limits.cpu", new() { Limits = new() { Cpu = 0 } } },
        { "limits.memoryBytes", new() { Limits = new() { MemoryBytes = 1 } } },
        { "limits.diskBytes", new() { Limits = new() { DiskBytes = 1 } } },
        { "limits.processes", new() { Limits = new() { Processes = 0 } } },
        { "limits.wallSeconds", new() { Limits = new() { WallSeconds = -1 } } },
        { "limits.outputBytes", new() { Limits = new() { OutputBytes = -1 } } },
        { "ttl.maxSeconds", new() { Ttl = new() { MaxSeconds = 0 } } },
        { "ttl.maxIdleSeconds", new() { Ttl = new() { MaxIdleSeconds = 0.5 } } },
        { "egress.allow[0]", Opens(new EgressRule(null, null, null)) },
        { "egress.allow[0]", Opens(new EgressRule("a.example", "10.0.0.0/8", null)) },
        { "egress.allow[1].host", Opens(new EgressRule("a.example", null, null), new EgressRule("127.1", null, null)) },
        { "egress.allow[0].host", Opens(new EgressRule("a b", null, null)) },
        { "egress.allow[0].host", Opens(new EgressRule("*", null, null)) },
        { "egress.allow[0].host", Opens(new EgressRule("10.0.0.1", null, null)) },
        { "egress.allow[0].host", Opens(new EgressRule("https://a.example", null, null)) },
        { "egress.allow[0].cidr", Opens(new EgressRule(null, "10.0.0.1/8", null)) },
        { "egress.allow[0].cidr", Opens(new EgressRule(null, "10/8", null)) },
        { "egress.allow[0].cidr", Opens(new EgressRule(null, "::ffff:10.0.0.0/104", null)) },
        { "egress.allow[0].ports", Opens(new EgressRule("a.example", null, [])) },
        { "egress.allow[0].ports[1]", Opens(new EgressRule("a.example", null, [443, 65536])) },
        { "packages.python.allow[1]", new() { Packages = new() { Python = new() { Allow = ["numpy", "numpy=="] } } } },
        { "packages.node.allow[0]", new() { Packages = new() { Node = new() { Allow = ["a@latest"] } } } },
        { "packages.dependencies", new() { Packages = new() { Dependencies = "all" } } },
        { "secrets[0]", new() { Secrets = ["a b"] } },
        { "services.ports[0]", new() { Services = new() { Ports = [0] } } },
        { "artifacts.maxBytes", new() { Artifacts = new() { MaxBytes = -1 } } },
        { "concurrency", new() { Concurrency = 0 } },
        { "concurrency", new() { Concurrency = 1001 } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void Canonical_WrongMember_NamesItAlone(string field, PolicyDocument document)
    {
        var refusal = Documents.Canonical(document).Refusal!;

        Assert.Equal((RefusalCodes.InvalidRequest, field), (refusal.Code, refusal.Field));
        Assert.Empty(refusal.More!);
    }

    [Fact]
    public void Canonical_PathOfAnAgentThatIsThere_IsKeptAndRefusedWhereThereIsNone()
    {
        var document = new PolicyDocument { Opa = new PolicyOpa { Path = "sandbox/admit" } };
        Assert.Equal("sandbox/admit", Documents.Canonical(document).Value!.Opa!.Path);
        Assert.Equal("opa", With(new OpaOptions()).Canonical(document).Refusal!.Field);
    }

    [Fact]
    public void Canonical_SeveralWrong_NamesEach()
    {
        var refusal = Documents.Canonical(new PolicyDocument { Languages = ["cobol"], Concurrency = 0 }).Refusal!;

        Assert.Equal(["languages[0]", "concurrency"], refusal.More!.Select(error => error.Field).Prepend(refusal.Field));
    }

    [Fact]
    public void Canonical_Names_AreInTheirOneForm()
    {
        var egress = Documents.Canonical(Opens(
            new("*.Bücher.EXAMPLE.", null, null), new(null, "2001:DB8:0::/32", [443]))).Value!.Egress!;

        Assert.Equal([("*.xn--bcher-kva.example", null), (null, "2001:db8::/32")], egress.Allow.Select(rule => (rule.Host, rule.Cidr)));
    }

    [Fact]
    public void Canonical_Empty_IsValid() => Assert.NotNull(Documents.Canonical(new PolicyDocument()).Value);

    private static PolicyDocument Opens(params EgressRule[] rules) => new() { Egress = new PolicyEgress { Allow = rules } };

    private static PolicyDocuments With(OpaOptions opa) => new(
        new NodePlatform(
            new ScriptedRuntime(), Options.Create(new LanguageOptions { Languages = { ["python"] = new Language { Kernel = ["python3"] } } }),
            Options.Create(new JobOptions()), Options.Create(new SessionOptions())),
        Options.Create(opa));
}
