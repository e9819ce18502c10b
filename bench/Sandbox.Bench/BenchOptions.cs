namespace Sandbox.Bench;

/// <summary>What to measure, and how long.</summary>
/// <param name="Only">Names of the scenarios to run; empty for all.</param>
/// <param name="Quick">Few repetitions: shows that everything works, and roughly how fast.</param>
/// <param name="SustainedSeconds">Length of the sustained load.</param>
/// <param name="Output">File for the results as JSON.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Only, bool Quick, int SustainedSeconds, string Output)
{
    /// <summary>Length of the sustained load where none is named.</summary>
    public const int DefaultSeconds = 60;

    /// <summary>Its length with <c>--quick</c>.</summary>
    public const int QuickSeconds = 10;

    /// <summary>Rounds whose times are thrown away: the server and this process compile what is called often.</summary>
    public int WarmupRounds => Quick ? 2 : 6;

    /// <summary>Rounds that count, of a scenario whose rounds are cheap.</summary>
    public int Rounds => Quick ? 4 : 40;
}
