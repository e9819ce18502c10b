namespace Sandbox.Grains.Abstractions.Quotas;

/// <summary>
/// What tenants use, counted in the transactions that write it: the same for every process, and right again, whatever was killed,
/// as soon as what it had is taken up.
/// </summary>
public interface ITenantUsage
{
    /// <summary>How a tenant stands, as of every acknowledged write. A look-up of microseconds: it is made where work is admitted.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="except">Jobs and sessions whose shares are left out.</param>
    TenantStanding Read(string tenantId, IReadOnlyCollection<string> except);
}

/// <summary>The quotas of tenants.</summary>
public interface ITenantQuotas
{
    /// <summary>What a tenant may use of whom no operator has said otherwise.</summary>
    TenantQuotas Defaults { get; }

    /// <summary>Processes that share the requests of a tenant: each lets through its part.</summary>
    int Processes { get; }
}
