using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Which role is above which.</summary>
internal static class RoleOrder
{
    /// <summary>The roles, the highest one first.</summary>
    public static readonly string[] HighestFirst = [Roles.Operator, Roles.Admin, Roles.Member, Roles.Auditor];

    /// <summary>The highest of the roles that a credential names; null where it names none that there is.</summary>
    public static string? Highest(IEnumerable<string> roles)
    {
        var named = roles.ToHashSet(StringComparer.Ordinal);
        return Array.Find(HighestFirst, named.Contains);
    }

    /// <summary>Whether one role may give another away.</summary>
    public static bool Covers(string own, string other) => Array.IndexOf(HighestFirst, own) <= Array.IndexOf(HighestFirst, other);
}
