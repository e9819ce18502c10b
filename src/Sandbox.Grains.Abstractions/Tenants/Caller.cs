namespace Sandbox.Grains.Abstractions.Tenants;

/// <summary>
/// Who asks: taken from the credential alone, never from a request's body or path.
/// </summary>
/// <param name="TenantId">The tenant, the boundary of every resource.</param>
/// <param name="AgentId">The acting agent; recorded on everything it does.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Policy">The only policy that the credential may be used under; null for any of the tenant.</param>
[GenerateSerializer, Immutable, Alias("sandbox.caller")]
public sealed record Caller(
    [property: Id(0)] string TenantId,
    [property: Id(1)] string AgentId,
    [property: Id(2)] string Role,
    [property: Id(3)] string? Policy = null);

/// <summary>The roles that a credential can carry.</summary>
public static class Roles
{
    /// <summary>Runs the installation; may act in any tenant.</summary>
    public const string Operator = "operator";

    /// <summary>Administers one tenant.</summary>
    public const string Admin = "admin";

    /// <summary>Uses sandboxes of one tenant.</summary>
    public const string Member = "member";

    /// <summary>Reads the audit record of one tenant.</summary>
    public const string Auditor = "auditor";
}

/// <summary>Names of tenants that always exist.</summary>
public static class WellKnownTenants
{
    /// <summary>The tenant of an installation that has not been divided.</summary>
    public const string Default = "default";
}
