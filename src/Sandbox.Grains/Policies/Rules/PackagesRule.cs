using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>
/// Every package has to be on its ecosystem's list. Versions are for who installs them to compare: only there it is known which
/// there are.
/// </summary>
internal sealed class PackagesRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) =>
        Check(request.Packages?.Python, permit.Packages.Python, PackageRequirement.OfPython, "packages.python")
            .Concat(Check(request.Packages?.Node, permit.Packages.Node, PackageRequirement.OfNode, "packages.node"));

    private static IEnumerable<PolicyViolation> Check(
        IReadOnlyList<string>? asked, PackageAllowlist? allowed, Func<string, PackageRequirement?> parse, string field)
    {
        if (asked is not { Count: > 0 })
            return [];
        var names = (allowed?.Allow ?? []).Select(text => parse(text)?.Name).ToHashSet(StringComparer.Ordinal);
        // What is no package of the ecosystem, such as a path or an address, is on no list.
        return asked.Index()
            .Where(item => parse(item.Item)?.Name is not { } name || !names.Contains(name))
            .Select(item => new PolicyViolation(
                "packages", $"{field}[{item.Index}]", parse(item.Item) is { } package ? $"Policy does not allow the package '{package.Name}'." : "This is no package, and no policy allows it."));
    }
}
