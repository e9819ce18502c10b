using System.Security.Claims;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Names of the claims that say who calls; the same for API keys and tokens.</summary>
internal static class CallerClaims
{
    public const string TenantId = "tenant_id";
    public const string AgentId = "agent_id";
    public const string Roles = "roles";

    /// <summary>The caller that a credential stands for; null when a claim is missing.</summary>
    public static Caller? ToCaller(ClaimsPrincipal user)
    {
        var tenant = user.FindFirstValue(TenantId);
        var agent = user.FindFirstValue(AgentId);
        var role = user.FindFirstValue(Roles);
        return tenant is null || agent is null || role is null ? null : new Caller(tenant, agent, role);
    }
}
