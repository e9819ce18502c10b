using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Tenants;

/// <summary>
/// Where API keys are kept, by the SHA-256 of each. Acknowledged is durable, and every read sees what any process wrote before
/// it: a removed key opens nothing from then on.
/// </summary>
public interface IApiKeyStore
{
    /// <summary>Enters a key.</summary>
    /// <param name="key">What is known of it.</param>
    /// <param name="hash">SHA-256 of its text.</param>
    /// <param name="what">Recorded with it, or neither is written.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task Create(ApiKeyRecord key, ReadOnlyMemory<byte> hash, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>The key with a hash, expired ones included.</summary>
    Task<ApiKeyRecord?> FindByHash(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken = default);

    /// <summary>A key by its id, in any tenant.</summary>
    Task<ApiKeyRecord?> Find(ApiKeyId id, CancellationToken cancellationToken = default);

    /// <summary>Keys of a tenant, newest first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="withOperators">Whether keys of operators are among them.</param>
    /// <param name="cursor">Where the page begins; null for the first one.</param>
    /// <param name="limit">Most of a page, from 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<ApiKeyPage> List(string tenantId, bool withOperators, ApiKeyCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// The policies that an agent's keys are bound to: none where it has no key that opens something, or one that is for any policy.
    /// </summary>
    Task<IReadOnlyList<string>> PoliciesOf(string tenantId, string agentId, DateTimeOffset now, CancellationToken cancellationToken = default);

    /// <summary>Removes a key; false where there is none.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="what">Recorded with it, where there is one, or neither is done.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task<bool> Delete(ApiKeyId id, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Notes that a key was used.</summary>
    Task Used(ApiKeyId id, DateTimeOffset at, CancellationToken cancellationToken = default);
}

/// <summary>What is known of an API key; never the key.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TenantId">The tenant that it acts in.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="AgentId">The agent that acts with it.</param>
/// <param name="LastDigits">The last four digits of the key, to tell it by.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null where that never comes.</param>
/// <param name="LastUsedAt">When it was used last, to the hour; null where it never was.</param>
/// <param name="Policy">The only policy that it may be used under; null for any of the tenant.</param>
public sealed record ApiKeyRecord(
    ApiKeyId Id,
    string TenantId,
    string Name,
    string Role,
    string AgentId,
    string LastDigits,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    string? Policy = null)
{
    /// <summary>Whether it still opens something.</summary>
    public bool IsValidAt(DateTimeOffset now) => ExpiresAt is not { } end || now < end;
}

/// <summary>A place in a list of keys.</summary>
/// <param name="CreatedAt">When the last key of the page before was made.</param>
/// <param name="Id">Its id.</param>
public sealed record ApiKeyCursor(DateTimeOffset CreatedAt, ApiKeyId Id);

/// <summary>A page of keys.</summary>
/// <param name="Items">The keys.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record ApiKeyPage(IReadOnlyList<ApiKeyRecord> Items, ApiKeyCursor? Next);
