using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Tests.Testing;

/// <summary>The scripts of all jobs of a test cluster.</summary>
internal sealed class ScriptedJobs
{
    private readonly ConcurrentDictionary<string, JobScript> _scripts = new();

    /// <summary>Makes the script of a job that is submitted; tests replace it for one id.</summary>
    public ConcurrentDictionary<string, Action<JobScript>> OnSubmit { get; } = new();

    public JobScript? Find(string id) => _scripts.GetValueOrDefault(id);

    public IEnumerable<JobScript> All => _scripts.Values;

    public JobScript Add(string id, JobView view) => _scripts[id] = new JobScript(view);

    public void Remove(string id) => _scripts.TryRemove(id, out _);

    /// <summary>A job that exists, in a state.</summary>
    public (JobId Id, JobScript Script) Create(JobStatus status = JobStatus.Running)
    {
        var id = JobId.New();
        return (id, Add(id.ToString(), NewView(id, status)));
    }

    public static JobView NewView(JobId id, JobStatus status, JobSpec? spec = null) => new(
        id.ToString(), status, null, status == JobStatus.Succeeded ? 0 : null, null, "", "", false, false, null,
        Array.Empty<ArtifactInfo>(), Array.Empty<SkippedArtifact>(), new JobUsage(0, 0, 0, 0), new PolicyDecision("default", 1, true),
        spec?.Limits ?? TestPlatform.Defaults, 0, "operator", spec?.Metadata ?? new Dictionary<string, string>(),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), null, null, spec?.Language, spec?.Isolation ?? "standard", null);
}
