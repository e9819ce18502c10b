using Orleans.Concurrency;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Snapshots;

/// <summary>What a snapshot's grain does for sessions that begin with it. Only within the silo.</summary>
[Alias("sandbox.snapshot.content")]
internal interface ISnapshotContent : IGrainWithStringKey
{
    /// <summary>What there is to begin with, and where it is stored.</summary>
    [Alias("find"), AlwaysInterleave]
    Task<Reply<SnapshotContent>> Find(Caller caller, CancellationToken cancellationToken);
}

/// <summary>A complete snapshot.</summary>
/// <param name="View">What it is of.</param>
/// <param name="ArtifactId">Where its content is stored.</param>
/// <param name="Kernels">Kernels that were running, where it has memory.</param>
/// <param name="Secrets">Names of the secrets that its programs have, where it has memory.</param>
[GenerateSerializer, Immutable, Alias("sandbox.snapshot.stored")]
internal sealed record SnapshotContent(
    [property: Id(0)] SnapshotView View, [property: Id(1)] string ArtifactId, [property: Id(2)] IReadOnlyList<SavedKernel> Kernels, [property: Id(3)] IReadOnlyList<string> Secrets);
