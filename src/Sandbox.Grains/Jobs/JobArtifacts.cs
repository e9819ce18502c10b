using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// Fetches the files that a job leaves. The agent finds and reads them as the sandbox's user; the node bounds their
/// number and size and never opens a path itself.
/// </summary>
internal sealed partial class JobArtifacts(IArtifactStore store, IStorageQuota quota, IOptions<JobOptions> options, ILogger<JobArtifacts> logger)
{
    private const string SecretInArtifact = "secret_in_artifact";

    /// <summary>The outcome with the artifacts, and with what matched and was not kept.</summary>
    /// <param name="assignment">The job.</param>
    /// <param name="outcome">What it has come to.</param>
    /// <param name="agent">Its sandbox.</param>
    /// <param name="secrets">What is masked in names, and not kept in contents unless policy allows it; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JobOutcome> Collect(
        JobAssignment assignment, JobOutcome outcome, IAgentClient agent, SecretPatterns? secrets, CancellationToken cancellationToken)
    {
        var (job, tenantId, globs) = (assignment.Job, assignment.TenantId, assignment.Spec.Artifacts);
        var kept = new List<ArtifactInfo>();
        var skipped = new List<SkippedArtifact>();
        try
        {
            // A process that was killed half-way may have stored some already.
            await store.DeleteOwned(tenantId, job.ToString(), cancellationToken);
            var found = await agent.FindFiles(new FindFilesRequest(SandboxEnvironment.Workspace, globs, options.Value.MaxArtifacts), cancellationToken);
            skipped.AddRange(found.Skipped.Select(file => new SkippedArtifact(file.Path, file.Reason)));
            if (found.Truncated)
                skipped.Add(new SkippedArtifact("*", $"More than {options.Value.MaxArtifacts} files match."));
            var left = Math.Min(options.Value.MaxArtifactBytes, assignment.Permit.MaxArtifactBytes ?? long.MaxValue);
            foreach (var file in found.Files)
            {
                if (await Keep(assignment, file, left, agent, secrets, skipped, cancellationToken) is not { } artifact)
                    continue;
                kept.Add(artifact);
                left -= artifact.SizeBytes;
            }
        }
        catch (AgentRequestException e)
        {
            LogNotFound(job, e.Code);
            skipped.Add(new SkippedArtifact("*", e.Code));
        }
        catch (IOException e)
        {
            // The code has run: a fault of the store costs its files, not its outcome.
            LogNotStored(job, e);
            skipped.Add(new SkippedArtifact("*", AgentErrors.Io));
        }

        return outcome with { Artifacts = kept, SkippedArtifacts = [.. skipped.Select(file => file with { Name = secrets.Mask(file.Name) })] };
    }

    /// <summary>Removes what a job left.</summary>
    public Task Delete(string tenantId, JobId job, CancellationToken cancellationToken) => store.DeleteOwned(tenantId, job.ToString(), cancellationToken);

    private async Task<ArtifactInfo?> Keep(
        JobAssignment assignment, FoundFile file, long left, IAgentClient agent, SecretPatterns? secrets, List<SkippedArtifact> skipped, CancellationToken cancellationToken)
    {
        var job = assignment.Job;
        try
        {
            await using var opened = await agent.ReadFile(new ReadFileRequest(SandboxEnvironment.Workspace, file.Path, left), cancellationToken);
            using var room = quota.Enter(assignment.TenantId);
            var content = SecretFreeStream.Around(room.Meter(opened.Content), assignment.Permit.SecretsInArtifacts ? null : secrets);
            return await store.Put(assignment.TenantId, job.ToString(), secrets.Mask(file.Path), content, left, cancellationToken);
        }
        catch (SecretInContentException)
        {
            skipped.Add(new SkippedArtifact(file.Path, SecretInArtifact));
        }
        catch (QuotaExceededException)
        {
            skipped.Add(new SkippedArtifact(file.Path, RefusalCodes.QuotaExceeded));
        }
        catch (ArtifactTooLargeException)
        {
            skipped.Add(new SkippedArtifact(file.Path, AgentErrors.TooLarge));
        }
        catch (AgentRequestException e)
        {
            skipped.Add(new SkippedArtifact(file.Path, e.Code));
        }
        catch (IOException e)
        {
            LogNotStored(job, e);
            skipped.Add(new SkippedArtifact(file.Path, AgentErrors.Io));
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: an artifact could not be stored")]
    private partial void LogNotStored(JobId job, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: artifacts could not be listed ({Code})")]
    private partial void LogNotFound(JobId job, string code);
}
