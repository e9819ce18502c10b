using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Sessions;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains.Nodes;

/// <summary>Answers for this process.</summary>
internal sealed class NodeWord(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    NodeDrain drain,
    NodeAdmission jobs,
    SessionAdmission sessions,
    SandboxPool pool,
    IPlatform platform,
    IOptions<NodeOptions> node) : GrainService(id, silo, loggers), INodeWord
{
    public Task<NodeReport> Report() => Task.FromResult(new NodeReport(
        node.Value.Name,
        jobs.Capacity with { Sessions = sessions.Most },
        jobs.Free() with { Sessions = sessions.Free },
        [.. platform.AvailableIsolation],
        [.. pool.Ready
            .Select(static shelf => new NodePool(shelf.Key.Template, shelf.Key.Language, NameOf(shelf.Key.Isolation), shelf.Value))
            .OrderBy(static shelf => (shelf.Template, shelf.Language, shelf.Isolation))]));

    public Task DrainChanged(string changed) => changed == node.Value.Name ? drain.Load(CancellationToken.None) : Task.CompletedTask;

    private static string NameOf(IsolationClass isolation) =>
        isolation == IsolationClass.Strong ? IsolationClasses.Strong : IsolationClasses.Standard;
}
