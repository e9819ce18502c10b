using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Packages;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>
/// Every package has to be on its ecosystem's list, and one exact version in a range of it. What other ranges come to is for who
/// installs them: only there it is known which versions there are.
/// </summary>
internal sealed class PackagesRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) =>
        Check(request.Packages?.Python, permit.Packages.Python, PackageRequirement.OfPython, PackageEntry.MayHoldPython, "packages.python")
            .Concat(Check(request.Packages?.Node, permit.Packages.Node, PackageRequirement.OfNode, PackageEntry.MayHoldNode, "packages.node"));

    private static IEnumerable<PolicyViolation> Check(
        IReadOnlyList<string>? asked, PackageAllowlist? allowed, Func<string, PackageRequirement?> parse, Func<string, string, bool> mayHold, string field)
    {
        if (asked is not { Count: > 0 })
            return [];
        var entries = (allowed?.Allow ?? []).ToLookup(entry => parse(entry)?.Name, StringComparer.Ordinal);
        return asked.Index()
            .Select(item => (item.Index, Reason: Refuse(item.Item, parse(item.Item), entries, mayHold)))
            .Where(item => item.Reason is not null)
            .Select(item => new PolicyViolation("packages", $"{field}[{item.Index}]", item.Reason!));
    }

    private static string? Refuse(string asked, PackageRequirement? package, ILookup<string?, string> entries, Func<string, string, bool> mayHold)
    {
        // What is no package of the ecosystem, such as a path or an address, is on no list.
        if (package is null)
            return "This is no package, and no policy allows it.";
        if (!entries.Contains(package.Name))
            return $"Policy does not allow the package '{package.Name}'.";
        return entries[package.Name].Any(entry => mayHold(entry, asked)) ? null : $"Policy does not allow this version of the package '{package.Name}'.";
    }
}
