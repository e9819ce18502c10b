using Microsoft.Extensions.Options;
using Sandbox.Egress.Rules;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Policies.Opa;
using Sandbox.Packages;

namespace Sandbox.Grains.Policies;

/// <summary>Checks documents before they are stored, and brings what they name into the one form in which it is compared. Pure.</summary>
internal sealed class PolicyDocuments(IPlatform platform, IOptions<OpaOptions> opa)
{
    /// <summary>The most of <see cref="PolicyDocument.Concurrency"/>.</summary>
    public const int MostConcurrency = 1000;

    private const int FirstPort = 1;
    private const int LastPort = 65535;

    /// <summary>The document as it is stored, or everything that is wrong with it.</summary>
    public Reply<PolicyDocument> Canonical(PolicyDocument document)
    {
        var errors = new List<FieldError>();
        var egress = document.Egress is { } open
            ? new PolicyEgress { Allow = [.. open.Allow.Select((rule, index) => Canonical(rule, $"egress.allow[{index}]", errors))] }
            : null;
        CheckNames(document, errors);
        CheckBounds(document, errors);
        CheckPackages(document.Packages, errors);
        CheckPorts(document.Services?.Ports, "services.ports", errors);
        CheckLeast(document.Services?.MaxSeconds, 1, "services.maxSeconds", errors);
        CheckLeast(document.Services?.MaxCount, 0, "services.maxCount", errors);
        CheckOpa(document.Opa, errors);
        if (errors is not [var first, ..])
            return document with { Egress = egress };
        return new Refusal(RefusalCodes.InvalidRequest, first.Detail, first.Field) { More = [.. errors.Skip(1)] };
    }

    private void CheckNames(PolicyDocument document, List<FieldError> errors)
    {
        CheckEach(document.Languages, "languages", platform.Languages.Contains, $"Is not known here. Known: {string.Join(", ", platform.Languages.Order(StringComparer.Ordinal))}.", errors);
        CheckEach(document.Templates, "templates", TemplateName.IsValid, "Cannot be the name of a template.", errors);
        CheckEach(
            document.Isolation, "isolation", static name => name is IsolationClasses.Standard or IsolationClasses.Strong,
            $"Must be {IsolationClasses.Standard} or {IsolationClasses.Strong}.", errors);
        CheckEach(document.Secrets, "secrets", SecretName.IsValid, SecretName.Rule, errors);
    }

    private void CheckBounds(PolicyDocument document, List<FieldError> errors)
    {
        var (limits, least) = (document.Limits, platform.MinimumLimits);
        CheckLeast(limits?.Cpu, least.Cpu, "limits.cpu", errors);
        CheckLeast(limits?.MemoryBytes, least.MemoryBytes, "limits.memoryBytes", errors);
        CheckLeast(limits?.DiskBytes, least.DiskBytes, "limits.diskBytes", errors);
        CheckLeast(limits?.Processes, least.Processes, "limits.processes", errors);
        CheckLeast(limits?.WallSeconds, least.WallSeconds, "limits.wallSeconds", errors);
        CheckLeast(limits?.OutputBytes, least.OutputBytes, "limits.outputBytes", errors);
        CheckLeast(document.Ttl?.MaxSeconds, 1, "ttl.maxSeconds", errors);
        CheckLeast(document.Ttl?.MaxIdleSeconds, 1, "ttl.maxIdleSeconds", errors);
        CheckLeast(document.Artifacts?.MaxBytes, 0, "artifacts.maxBytes", errors);
        if (document.Concurrency is < 1 or > MostConcurrency)
            errors.Add(new FieldError("concurrency", $"Must be from 1 to {MostConcurrency}."));
    }

    private void CheckOpa(PolicyOpa? asked, List<FieldError> errors)
    {
        if (asked is null)
            return;
        if (!OpaPath.IsValid(asked.Path))
            errors.Add(new FieldError("opa.path", $"Is required, and {OpaPath.Rule}."));
        if (opa.Value.Url is null)
            errors.Add(new FieldError("opa", "This installation has no Open Policy Agent."));
    }

    private static EgressRule Canonical(EgressRule rule, string path, List<FieldError> errors)
    {
        CheckPorts(rule.Ports, $"{path}.ports", errors);
        if (rule.Ports is [])
            errors.Add(new FieldError($"{path}.ports", "Names no port; left out it means 80 and 443."));
        if (rule.Host is null == rule.Cidr is null)
        {
            errors.Add(new FieldError(path, "Must have either host or cidr."));
            return rule;
        }

        var (host, range) = (rule.Host is { } name ? EgressNotation.Host(name) : null, rule.Cidr is { } text ? EgressNotation.Range(text) : null);
        if (rule.Host is not null && host is null)
            errors.Add(new FieldError($"{path}.host", "Must be a host name, or *. and one; addresses go in cidr."));
        if (rule.Cidr is not null && range is null)
            errors.Add(new FieldError($"{path}.cidr", "Must be a range of addresses in its usual notation, such as 10.1.0.0/16, without bits beyond its prefix."));
        return rule with { Host = host, Cidr = range };
    }

    private static void CheckPackages(PolicyPackages? packages, List<FieldError> errors)
    {
        CheckEach(
            packages?.Python?.Allow, "packages.python.allow", static text => PackageRequirement.OfPython(text) is not null && PackageEntry.IsPython(text),
            "Must be a package as pip writes it, such as numpy or pandas>=2,<3.", errors);
        CheckEach(
            packages?.Node?.Allow, "packages.node.allow", static text => PackageRequirement.OfNode(text) is not null && PackageEntry.IsNode(text),
            "Must be a package as npm writes it, such as lodash or @scope/name@^1.2.", errors);
        if (packages?.Dependencies is not (null or PackageDependencies.Listed or PackageDependencies.OfAllowed))
            errors.Add(new FieldError("packages.dependencies", $"Must be {PackageDependencies.Listed} or {PackageDependencies.OfAllowed}."));
    }

    private static void CheckPorts(IReadOnlyList<int>? ports, string path, List<FieldError> errors)
    {
        foreach (var (index, port) in (ports ?? []).Index())
        {
            if (port is < FirstPort or > LastPort)
                errors.Add(new FieldError($"{path}[{index}]", $"Must be from {FirstPort} to {LastPort}."));
        }
    }

    private static void CheckEach(IReadOnlyList<string>? texts, string path, Func<string, bool> isValid, string otherwise, List<FieldError> errors)
    {
        foreach (var (index, text) in (texts ?? []).Index())
        {
            if (!isValid(text))
                errors.Add(new FieldError($"{path}[{index}]", otherwise));
        }
    }

    // What is less than the least that can be asked for would refuse everything. Not a number is not at least anything.
    private static void CheckLeast(double? bound, double least, string path, List<FieldError> errors)
    {
        if (bound is { } value && !(value >= least))
            errors.Add(new FieldError(path, FormattableString.Invariant($"Must be at least {least}.")));
    }
}
