using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Policies.Requests;

/// <summary>Reads a policy document strictly, as to its form; what its members say is for the policy's grain to check.</summary>
internal static class PolicyDocumentReader
{
    /// <summary>Most bytes of a document: it is kept with every session that runs under it.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MostNames = 100;
    private const int MostRules = 256;
    private const int MostPorts = 64;
    private const int MostPackages = 500;

    /// <summary>The document; null where it is none.</summary>
    public static PolicyDocument? Read(JsonElement root, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var document = new PolicyDocument
        {
            Languages = body.Strings("languages", MostNames),
            Templates = body.Strings("templates", MostNames),
            Isolation = body.Strings("isolation", MostNames),
            Limits = body.Object("limits", Limits),
            Ttl = body.Object("ttl", static ttl => new PolicyTtl { MaxSeconds = ttl.Number("maxSeconds"), MaxIdleSeconds = ttl.Number("maxIdleSeconds") }),
            Egress = body.Object("egress", static egress => new PolicyEgress { Allow = egress.Objects("allow", MostRules, Rule) ?? [] }),
            Packages = body.Object("packages", Packages),
            Secrets = body.Strings("secrets", MostNames),
            Services = body.Object("services", static services => new PolicyServices
            {
                Allowed = services.Boolean("allowed"), Ports = services.SmallIntegers("ports", MostPorts),
                MaxSeconds = services.Number("maxSeconds"), MaxCount = services.SmallInteger("maxCount"),
            }),
            Artifacts = body.Object("artifacts", static artifacts => new PolicyArtifacts
            {
                MaxBytes = artifacts.Integer("maxBytes"), AllowSecrets = artifacts.Boolean("allowSecrets"),
            }),
            Concurrency = body.SmallInteger("concurrency"),
            Opa = body.Object("opa", static opa => new PolicyOpa { Path = opa.String("path") }),
        };
        body.RefuseUnknown();
        return document;
    }

    private static PolicyLimits Limits(RequestObject limits) => new()
    {
        Cpu = limits.Number("cpu"),
        MemoryBytes = limits.Integer("memoryBytes"),
        DiskBytes = limits.Integer("diskBytes"),
        Processes = limits.SmallInteger("processes"),
        WallSeconds = limits.Number("wallSeconds"),
        OutputBytes = limits.Integer("outputBytes"),
    };

    private static EgressRule Rule(RequestObject rule) => new(rule.String("host"), rule.String("cidr"), rule.SmallIntegers("ports", MostPorts));

    private static PolicyPackages Packages(RequestObject packages) => new()
    {
        Python = packages.Object("python", Allowlist),
        Node = packages.Object("node", Allowlist),
        Dependencies = packages.String("dependencies"),
    };

    private static PackageAllowlist Allowlist(RequestObject list) => new() { Allow = list.Strings("allow", MostPackages) ?? [] };
}
