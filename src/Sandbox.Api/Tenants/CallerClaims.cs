using System.Globalization;
using System.Security.Claims;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Names of the claims that say who calls; the same for API keys and tokens.</summary>
internal static class CallerClaims
{
    public const string TenantId = "tenant_id";
    public const string AgentId = "agent_id";
    public const string Roles = "roles";
    public const string Policy = "policy";

    // Ours alone: principals are made here, and nothing of a token is taken over but those above.
    private const string KeyId = "sandbox:key";
    private const string ExpiresAt = "sandbox:expires";

    /// <summary>What a credential stands for.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="scheme">The scheme that checked the credential.</param>
    /// <param name="key">The API key, where it is a stored one.</param>
    /// <param name="expiresAt">From when on the credential opens nothing.</param>
    public static ClaimsPrincipal ToPrincipal(Caller caller, string scheme, ApiKeyId? key = null, DateTimeOffset? expiresAt = null)
    {
        var identity = new ClaimsIdentity(
            [new Claim(TenantId, caller.TenantId), new Claim(AgentId, caller.AgentId), new Claim(Roles, caller.Role)], scheme, AgentId, Roles);
        if (caller.Policy is { } policy)
            identity.AddClaim(new Claim(Policy, policy));
        if (key is { } id)
            identity.AddClaim(new Claim(KeyId, id.ToString()));
        if (expiresAt is { } end)
            identity.AddClaim(new Claim(ExpiresAt, end.UtcTicks.ToString(CultureInfo.InvariantCulture)));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The caller that a credential stands for; null when a claim is missing.</summary>
    public static Caller? ToCaller(ClaimsPrincipal user)
    {
        var tenant = user.FindFirstValue(TenantId);
        var agent = user.FindFirstValue(AgentId);
        var role = user.FindFirstValue(Roles);
        return tenant is null || agent is null || role is null ? null : new Caller(tenant, agent, role, user.FindFirstValue(Policy));
    }

    /// <summary>The stored key that a request came with, and until when its credential is good; both null for one that stays good.</summary>
    public static (ApiKeyId? Key, DateTimeOffset? ExpiresAt) ToLease(ClaimsPrincipal user) =>
    (
        ApiKeyId.TryParse(user.FindFirstValue(KeyId), out var key) ? key : null,
        long.TryParse(user.FindFirstValue(ExpiresAt), CultureInfo.InvariantCulture, out var ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null
    );
}
