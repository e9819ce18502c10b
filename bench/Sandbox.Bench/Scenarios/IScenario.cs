using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>One question about speed or size, and how it is measured.</summary>
internal interface IScenario
{
    /// <summary>Name for <c>--only</c> and in results.</summary>
    string Name { get; }

    /// <summary>What is measured, in one line.</summary>
    string Description { get; }

    /// <summary>The server that it needs. Scenarios with the same one, in a row, share it.</summary>
    ServerProfile Profile { get; }

    /// <summary>Measures, and puts what it found into the report.</summary>
    Task Run(Bench bench, CancellationToken cancellationToken);
}
