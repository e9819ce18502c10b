using Sandbox.Api.Dashboard.Layout;

namespace Sandbox.Api.Dashboard.Work;

/// <summary>How long something lives yet.</summary>
internal static class TimeLeft
{
    public static string Of(DateTimeOffset end, TimeProvider time) => end - time.GetUtcNow() is var left && left > TimeSpan.Zero ? Show.Duration(left) : "over";
}
