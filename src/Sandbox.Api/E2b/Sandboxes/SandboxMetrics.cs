using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>What a sandbox uses at a time. Files lie in memory, and count there.</summary>
internal sealed record SandboxMetric(
    DateTime Timestamp, long TimestampUnix, int CpuCount, double CpuUsedPct, long MemUsed, long MemTotal, long MemCache, long DiskUsed, long DiskTotal);

/// <summary>Tells what a sandbox uses now; of the past nothing is kept.</summary>
internal static class SandboxMetrics
{
    public static Task<IResult> Get(string id, HttpContext context, IGrainFactory grains) => SandboxEndpoints.Act(id, context, grains, async (grain, session) =>
    {
        var reply = await grain.Measure(context.Caller, context.RequestAborted);
        return reply.Value is { } metrics
            ? Results.Json<IReadOnlyList<SandboxMetric>>([Of(session, metrics)], E2bJson.Default.IReadOnlyListSandboxMetric)
            : ProblemResult.From(reply.Refusal!);
    });

    private static SandboxMetric Of(SessionView session, SessionMetrics metrics) => new(
        metrics.At.UtcDateTime,
        metrics.At.ToUnixTimeSeconds(),
        (int)Math.Ceiling(session.Limits.Cpu),
        // Of all that it has, as there.
        Math.Round(100 * metrics.CpuUsed / Math.Ceiling(session.Limits.Cpu), 2),
        metrics.MemoryBytes,
        session.Limits.MemoryBytes,
        MemCache: 0,
        DiskUsed: 0,
        session.Limits.DiskBytes);
}
