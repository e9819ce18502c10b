using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sessions;

/// <summary>Looks at what a session's sandbox uses. Used in the turns of the session's grain only.</summary>
internal sealed class SessionMeter(SessionRecord record, SessionServices services)
{
    // Two looks that come at once say nothing of what lies between them.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private (string Sandbox, DateTimeOffset At, double CpuSeconds)? _before;
    private double _cpuUsed;

    public SessionMetrics Read()
    {
        var (state, now) = (record.Current, services.Time.GetUtcNow());
        var usage = !state.Suspended && SandboxId.TryParse(state.SandboxId, out var sandbox) ? services.Sandboxes.Usage(sandbox) : null;
        if (usage is null)
            return new SessionMetrics(now, 0, 0, 0, 0);
        var before = _before is { } last && last.Sandbox == state.SandboxId && last.CpuSeconds <= usage.CpuSeconds
            ? last
            : (state.SandboxId, At: state.CreatedAt, CpuSeconds: 0);
        var span = now - before.At;
        if (span >= Shortest)
        {
            _cpuUsed = (usage.CpuSeconds - before.CpuSeconds) / span.TotalSeconds;
            _before = (state.SandboxId, now, usage.CpuSeconds);
        }

        return new SessionMetrics(now, usage.CpuSeconds, _cpuUsed, usage.MemoryBytes, usage.PeakMemoryBytes);
    }
}
