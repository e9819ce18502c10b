using System.Net.Http.Json;
using Sandbox.Bench.Baselines;

namespace Sandbox.Bench.Server;

/// <summary>Workflows whose steps are the measured program.</summary>
internal static class WorkflowBody
{
    /// <summary>Steps that all begin at once.</summary>
    public static HttpContent Parallel(int steps) => Of(steps, static _ => []);

    /// <summary>Steps that follow one another.</summary>
    public static HttpContent Chain(int steps) => Of(steps, static index => index == 0 ? [] : [$"s{index - 1}"]);

    private static JsonContent Of(int steps, Func<int, string[]> dependsOn) => JsonContent.Create(new
    {
        steps = Enumerable.Range(0, steps).Select(index => new
        {
            id = $"s{index}",
            dependsOn = dependsOn(index),
            job = new { language = "python", code = MeasuredProgram.Code },
        }),
    });
}
