using Sandbox.Bench.Processes;

namespace Sandbox.Bench.Baselines;

/// <summary>A bare process: no isolation at all.</summary>
internal sealed class PythonBaseline : IBaseline
{
    public const string Title = "bare python3";

    public string Name => Title;

    public void Run(int worker, CancellationToken cancellationToken) =>
        MeasuredProgram.Check(Name, ChildProcess.Run(MeasuredProgram.Argv, cancellationToken: cancellationToken));

    public void Dispose()
    {
        // Holds nothing.
    }
}
