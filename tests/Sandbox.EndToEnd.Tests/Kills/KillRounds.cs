using System.Globalization;

namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>How often each kill test kills; more by the environment variable <c>SANDBOX_KILL_ROUNDS</c>.</summary>
internal static class KillRounds
{
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SANDBOX_KILL_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 1;
}
