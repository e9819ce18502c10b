using Orleans.Concurrency;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Sessions;

/// <summary>What a session's grain does for those who copy sessions. Only within the silo.</summary>
[Alias("sandbox.session.copies")]
internal interface ISessionCopies : IGrainWithStringKey
{
    /// <summary>Counts as work, as touching it does, and says what there is to be kept of it.</summary>
    [Alias("source"), AlwaysInterleave]
    Task<Reply<SessionSource>> Source(Caller caller, CancellationToken cancellationToken);

    /// <summary>Ends and removes a fork that shall not stay. There being none is no error.</summary>
    [Alias("discard")]
    Task Discard();
}

/// <summary>A live session to be copied.</summary>
/// <param name="TenantId">Its tenant.</param>
/// <param name="SandboxId">Its sandbox.</param>
/// <param name="Node">The sandbox's node.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Kernels">Kernels that run in it.</param>
/// <param name="Permit">What it may do.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.source")]
internal sealed record SessionSource(
    [property: Id(0)] string TenantId,
    [property: Id(1)] string SandboxId,
    [property: Id(2)] string Node,
    [property: Id(3)] SessionSpec Spec,
    [property: Id(4)] IReadOnlyList<SavedKernel> Kernels,
    [property: Id(5)] EffectivePermit Permit);
