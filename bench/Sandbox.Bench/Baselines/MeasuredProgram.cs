using Sandbox.Bench.Processes;

namespace Sandbox.Bench.Baselines;

/// <summary>What every contender runs: the least that Python can do and still show that it did.</summary>
internal static class MeasuredProgram
{
    public const string Code = "print(1)";

    public const string ExpectedOutput = "1\n";

    /// <summary>The interpreter with the flags that a sandbox starts it with: no environment, no site packages.</summary>
    public static readonly IReadOnlyList<string> Argv = ["/usr/bin/python3", "-I", "-S", "-c", Code];

    public static void Check(string contender, ChildResult result)
    {
        if (result.ExitCode != 0 || result.Output != ExpectedOutput)
            throw new BenchException($"{contender} ended with exit code {result.ExitCode}: {result.Errors()}");
    }
}
