using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Jobs;

/// <summary>The files that a job begins with. Those that are artifacts flow from the store to the agent when it starts, not with its input.</summary>
internal sealed class JobInputs(IArtifactStore store)
{
    /// <summary>Why a job cannot begin with these files; null where it can.</summary>
    public async Task<Refusal?> Refuse(string tenantId, IReadOnlyList<JobFile> files, CancellationToken cancellationToken)
    {
        foreach (var (index, file) in files.Index())
        {
            if (file.Artifact is { } artifact && await store.Find(tenantId, artifact, cancellationToken) is null)
                return new Refusal(RefusalCodes.ArtifactUnknown, "There is no such artifact, or not any more.", $"files[{index}].artifact");
        }

        return null;
    }

    /// <summary>A file's content; null where it is an artifact that is gone. The caller disposes it.</summary>
    /// <exception cref="InvalidDataException">The artifact is damaged; also when that part of it is read.</exception>
    public async Task<Stream?> Open(string tenantId, JobFile file, CancellationToken cancellationToken)
    {
        if (file.Artifact is not { } artifact)
            return new MemoryStream(file.Content, writable: false);
        return await store.Find(tenantId, artifact, cancellationToken) is null ? null : await store.OpenRead(tenantId, artifact, cancellationToken);
    }
}
