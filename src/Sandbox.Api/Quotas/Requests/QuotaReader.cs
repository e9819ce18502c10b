using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Quotas.Requests;

/// <summary>Reads what an operator sets for a tenant.</summary>
internal static class QuotaReader
{
    private const int Most = 1_000_000;
    private const long MostBytes = 1L << 60;

    /// <summary>What is to be set; null where the body is no object.</summary>
    public static QuotaOverrides? Read(RequestBody body, RequestErrors errors)
    {
        if (RequestObject.Open(body.Root, errors) is not { } root)
            return null;
        var quotas = new QuotaOverrides
        {
            RequestsPerSecond = root.SmallInteger(QuotaNames.RequestsPerSecond),
            RequestBurst = root.SmallInteger(QuotaNames.RequestBurst),
            ConcurrentSandboxes = root.SmallInteger(QuotaNames.ConcurrentSandboxes),
            Cpu = root.Number(QuotaNames.Cpu),
            MemoryBytes = root.Integer(QuotaNames.MemoryBytes),
            QueuedJobs = root.SmallInteger(QuotaNames.QueuedJobs),
            StorageBytes = root.Integer(QuotaNames.StorageBytes),
        };
        root.RefuseUnknown();
        Check(QuotaNames.RequestsPerSecond, quotas.RequestsPerSecond, 1, Most, errors);
        Check(QuotaNames.RequestBurst, quotas.RequestBurst, 1, Most, errors);
        Check(QuotaNames.ConcurrentSandboxes, quotas.ConcurrentSandboxes, 0, Most, errors);
        Check(QuotaNames.Cpu, quotas.Cpu, 0, Most, errors);
        Check(QuotaNames.MemoryBytes, quotas.MemoryBytes, 0, MostBytes, errors);
        Check(QuotaNames.QueuedJobs, quotas.QueuedJobs, 0, Most, errors);
        Check(QuotaNames.StorageBytes, quotas.StorageBytes, 0, MostBytes, errors);
        return quotas;
    }

    private static void Check(string name, double? value, double least, double most, RequestErrors errors)
    {
        if (value is { } number && (number < least || number > most))
            errors.Add(name, FormattableString.Invariant($"Must be between {least:0} and {most:0}."));
    }
}
