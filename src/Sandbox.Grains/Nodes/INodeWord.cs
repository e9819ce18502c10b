using Orleans.Services;
using Sandbox.Grains.Abstractions.Nodes;

namespace Sandbox.Grains.Nodes;

/// <summary>One per process: tells how it stands, and is told what has changed of its node.</summary>
[Alias("sandbox.node.word")]
internal interface INodeWord : IGrainService
{
    /// <summary>What the process offers and has.</summary>
    [Alias("report")]
    Task<NodeReport> Report();

    /// <summary>Whether a node takes work has changed.</summary>
    [Alias("drain")]
    Task DrainChanged(string node);
}

/// <summary>What a process offers and has.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Capacity">What it offers in all.</param>
/// <param name="Free">What it could still take.</param>
/// <param name="Isolation">Isolation classes.</param>
/// <param name="Pools">Sandboxes that wait for work.</param>
[GenerateSerializer, Immutable, Alias("sandbox.node.report")]
internal sealed record NodeReport(
    [property: Id(0)] string Node,
    [property: Id(1)] NodeRoom Capacity,
    [property: Id(2)] NodeRoom Free,
    [property: Id(3)] IReadOnlyList<string> Isolation,
    [property: Id(4)] IReadOnlyList<NodePool> Pools);
