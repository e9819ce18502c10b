using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Storage.Encryption;

namespace Sandbox.Storage.Sessions;

/// <summary>HMAC-SHA256 over use and session, under a key that is derived from the tenant's for this alone.</summary>
internal sealed class SessionTokens(TenantKeys keys) : ISessionTokens
{
    private const string Domain = "sandbox-session-token-1";

    private readonly ConcurrentDictionary<string, byte[]> _derived = new(StringComparer.Ordinal);

    public async ValueTask<string> Compute(string tenantId, SessionId session, string use, CancellationToken cancellationToken = default)
    {
        if (!_derived.TryGetValue(tenantId, out var key))
            key = _derived[tenantId] = await keys.Derive(tenantId, Domain, cancellationToken);
        // Neither part has a zero byte in it.
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{use}\0{session}")));
    }
}
