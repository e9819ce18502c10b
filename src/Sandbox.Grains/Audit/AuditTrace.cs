using System.Diagnostics;

namespace Sandbox.Grains.Audit;

/// <summary>The trace that an event belongs to.</summary>
internal static class AuditTrace
{
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null;
}
