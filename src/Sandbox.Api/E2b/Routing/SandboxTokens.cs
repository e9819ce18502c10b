using System.Security.Cryptography;
using System.Text;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.E2b.Routing;

/// <summary>Makes and checks the tokens of sandboxes.</summary>
internal sealed class SandboxTokens(ISessionTokens secrets, ITenantStore tenants)
{
    public async ValueTask<string> Issue(string tenant, SessionId session, string use, CancellationToken cancellationToken) =>
        SandboxToken.Write(use, tenant, await secrets.Compute(tenant, session, use, cancellationToken));

    /// <summary>The tenant whose sandbox a token opens for a use; null where it opens none.</summary>
    public async ValueTask<string?> Check(string text, SessionId session, string use, CancellationToken cancellationToken)
    {
        if (SandboxToken.TenantOf(use, text) is not { } tenant || !CallerNames.IsTenant(tenant))
            return null;
        // Nobody is to have a key made for a tenant that there is not.
        if (tenant != WellKnownTenants.Default && await tenants.Find(tenant, cancellationToken) is null)
            return null;
        var expected = await Issue(tenant, session, use, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(text)) ? tenant : null;
    }
}
