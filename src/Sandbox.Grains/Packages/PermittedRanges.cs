using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Packages;

/// <summary>
/// Python packages as pip is asked for them: with the versions that the policy permits. What the template has already would satisfy
/// a request without any, whatever the policy says. Pure.
/// </summary>
internal static class PermittedRanges
{
    /// <summary>What is asked for, within what is permitted.</summary>
    /// <param name="asked">Packages as the request has them.</param>
    /// <param name="permitted">The policy's list; null for none.</param>
    public static IReadOnlyList<string> Within(IReadOnlyList<string> asked, PackageAllowlist? permitted)
    {
        var ranges = (permitted?.Allow ?? []).Select(PackageRequirement.OfPython).OfType<PackageRequirement>().ToLookup(entry => entry.Name, entry => entry.Range);
        return [.. asked.Select(text => Within(text, ranges))];
    }

    private static string Within(string text, ILookup<string, string> ranges)
    {
        // One of several ranges cannot be said in a request; the index serves nothing else than what one of them holds.
        if (PackageRequirement.OfPython(text) is not { } package || ranges[package.Name].ToList() is not [{ Length: > 0 } range])
            return text;
        return package.Range.Length == 0 ? text + range : $"{text},{range}";
    }
}
