namespace Sandbox.Grains.Abstractions.Quotas;

/// <summary>
/// Grain state with a share of its tenant's quotas. Storage counts the share in the transaction that writes the state, and does not
/// write it where it goes beyond the bound, whatever other processes write at that moment: <see cref="QuotaExceededException"/>.
/// </summary>
public interface IQuotaBound
{
    /// <summary>What the share has to stay within; null where it is not asked, because nothing more is taken.</summary>
    QuotaBound? Bound { get; }
}

/// <summary>What a share has to stay within.</summary>
/// <param name="Quotas">The tenant's quotas.</param>
/// <param name="Concurrency">Jobs and sessions that policy allows at a time; null for any number.</param>
public sealed record QuotaBound(TenantQuotas Quotas, int? Concurrency = null)
{
    /// <summary>What the share goes beyond; null where it is within.</summary>
    /// <param name="others">What the tenant uses without the share.</param>
    /// <param name="share">What is to be had.</param>
    public QuotaBreach? Refuse(TenantUse others, TenantShare share) => Concurrency is { } most && others.Open >= most
        ? new QuotaBreach(QuotaNames.Concurrency, most, others.Open)
        : Quotas.Refuse(others, share);
}

/// <summary>A share of a tenant's quotas was not to be had: nothing was written.</summary>
public sealed class QuotaExceededException(QuotaBreach breach) : Exception($"The quota {breach.Quota} is used up.")
{
    /// <summary>The quota that has no room.</summary>
    public QuotaBreach Breach { get; } = breach;

    /// <summary>The breach that a failure is about, as it is or wrapped; null where it is another failure.</summary>
    public static QuotaBreach? In(Exception? failure) => failure switch
    {
        null => null,
        QuotaExceededException exceeded => exceeded.Breach,
        _ => In(failure.InnerException),
    };
}
