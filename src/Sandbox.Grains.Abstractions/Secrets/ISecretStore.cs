using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Secrets;

/// <summary>
/// Secrets of tenants, encrypted. What is acknowledged is durable, and holds for every process at once. Values are read by what
/// gives them to a sandbox, and by what keeps them out of output; nobody else may.
/// </summary>
public interface ISecretStore
{
    /// <summary>Bytes of the shortest value: a shorter one could not be told from other text where it has to be masked.</summary>
    public const int ShortestValue = 8;

    /// <summary>Bytes of the longest value.</summary>
    public const int LongestValue = 32 * 1024;

    /// <summary>Most bytes of the present values that one job or session may have: masking them takes many times as much memory.</summary>
    public const int MostOfSandbox = 64 * 1024;

    /// <summary>Most secrets of one tenant.</summary>
    public const int MostOfTenant = 1000;

    /// <summary>Versions of a secret that are kept, so that older ones are still masked in the output of what was started with them.</summary>
    public const int KeptVersions = 8;

    /// <summary>Stores a value as a new version.</summary>
    /// <param name="draft">What it is.</param>
    /// <param name="value">The value.</param>
    /// <param name="what">What is recorded of it, in the same write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was stored; null where the tenant has as many secrets as it may have.</returns>
    Task<SecretInfo?> Put(SecretDraft draft, ReadOnlyMemory<byte> value, Func<SecretInfo, AuditEvent> what, CancellationToken cancellationToken = default);

    /// <summary>Removes a secret, all its versions and their keys; false where there is none.</summary>
    Task<bool> Delete(string tenantId, string name, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>What is told of a secret; null where there is none.</summary>
    Task<SecretInfo?> Find(string tenantId, string name, CancellationToken cancellationToken = default);

    /// <summary>Secrets of a tenant in the order of their names, after a name; at most so many.</summary>
    Task<IReadOnlyList<SecretInfo>> List(string tenantId, string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// The kept versions of those of the secrets that there are, each secret's present one first. Of one that was removed there is none.
    /// </summary>
    Task<IReadOnlyList<OpenSecret>> Open(string tenantId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default);
}
