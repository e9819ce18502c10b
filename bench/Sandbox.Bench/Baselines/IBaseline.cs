namespace Sandbox.Bench.Baselines;

/// <summary>The work of the measured job, done by other means.</summary>
internal interface IBaseline : IDisposable
{
    /// <summary>Name in tables.</summary>
    string Name { get; }

    /// <summary>Runs the program once, to its end. Blocks.</summary>
    /// <param name="worker">Number of the worker, from 0; two calls with one number never overlap.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="BenchException">It failed.</exception>
    void Run(int worker, CancellationToken cancellationToken);
}
