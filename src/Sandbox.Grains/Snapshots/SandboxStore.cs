using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Grains.Sessions;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Snapshots;

/// <summary>
/// Sandboxes in the encrypted store: their files, as a stream that the agent makes and another agent unpacks, or all of them
/// with their memory, as the runtime saves it. Streams both ways; the node unpacks nothing and holds nothing whole.
/// </summary>
internal sealed class SandboxStore(IArtifactStore artifacts, IStorageQuota quota, ISandboxRuntime runtime)
{
    private const string FilesName = "workspace.tar";
    private const string MemoryName = "memory.image";

    // Beyond what the disk limit allows: headers of many small files, and the agent and the engine in an image.
    private const long Overhead = 1L << 30;

    /// <summary>Why a tenant can store nothing more; null where it can.</summary>
    public Refusal? Refuse(string tenantId)
    {
        using var room = quota.Enter(tenantId);
        return room.Refusal;
    }

    /// <summary>Stores the workspace of a sandbox.</summary>
    /// <exception cref="SecretInContentException">It holds what must not be kept.</exception>
    public async Task<StoredSandbox> SaveFiles(
        SandboxLink link, ResourceLimits limits, string tenantId, string owner, SecretPatterns? forbidden, CancellationToken cancellationToken)
    {
        using var use = link.Use();
        var most = limits.DiskBytes + Overhead;
        var sandbox = await link.Get(cancellationToken);
        await using var tree = await sandbox.Agent.ExportTree(new ExportTreeRequest(SandboxEnvironment.Workspace, most), cancellationToken);
        using var room = quota.Enter(tenantId);
        var stored = await artifacts.Store(Hidden(tenantId, owner, FilesName), SecretFreeStream.Around(room.Meter(tree.Content), forbidden), most, cancellationToken);
        return new StoredSandbox(stored.Info.Id, stored.Info.SizeBytes, tree.Exported?.Skipped ?? 0);
    }

    /// <summary>Stores an image of a sandbox.</summary>
    public async Task<StoredSandbox> SaveImage(SandboxImage image, string tenantId, string owner, CancellationToken cancellationToken)
    {
        await using var content = image.OpenRead();
        using var room = quota.Enter(tenantId);
        var stored = await artifacts.Store(Hidden(tenantId, owner, MemoryName), room.Meter(content), image.Length, cancellationToken);
        return new StoredSandbox(stored.Info.Id, stored.Info.SizeBytes, 0);
    }

    /// <summary>Unpacks a stored workspace in a sandbox. All of it has been found undamaged when this completes.</summary>
    /// <exception cref="InvalidDataException">The content is gone or damaged.</exception>
    public async Task RestoreFiles(SandboxLink link, string tenantId, string artifactId, CancellationToken cancellationToken)
    {
        await using var content = await Open(tenantId, artifactId, cancellationToken);
        var sandbox = await link.Get(cancellationToken);
        await sandbox.Agent.ImportTree(new ImportTreeRequest(SandboxEnvironment.Workspace), content, cancellationToken);
    }

    /// <summary>Takes a stored image in. All of it has been found undamaged when this completes.</summary>
    /// <exception cref="InvalidDataException">The content is gone or damaged.</exception>
    public async Task<SandboxImage> ReceiveImage(ResourceLimits limits, string tenantId, string artifactId, CancellationToken cancellationToken)
    {
        await using var content = await Open(tenantId, artifactId, cancellationToken);
        return await runtime.ReceiveImage(content, limits.MemoryBytes + (2 * limits.DiskBytes) + Overhead, cancellationToken);
    }

    /// <summary>Removes all that is stored for an owner.</summary>
    public Task Remove(string tenantId, string owner) => artifacts.DeleteOwned(tenantId, owner, CancellationToken.None);

    // Nobody reads or removes it but the snapshot or session that it is of.
    private static ArtifactDraft Hidden(string tenantId, string owner, string name) => new(tenantId, owner, name) { IsHidden = true };

    private async Task<Stream> Open(string tenantId, string artifactId, CancellationToken cancellationToken) =>
        await artifacts.OpenRead(tenantId, artifactId, cancellationToken) ?? throw new InvalidDataException($"{artifactId} is not stored.");
}

/// <summary>A stored sandbox.</summary>
/// <param name="ArtifactId">Where it is stored.</param>
/// <param name="SizeBytes">Its size before encryption.</param>
/// <param name="Skipped">Files that could not be kept.</param>
internal sealed record StoredSandbox(string ArtifactId, long SizeBytes, long Skipped);
