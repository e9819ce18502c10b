using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Secrets;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// The node's side of jobs, one per silo: gets sandboxes, lets runs run outside of the grains' turns, and gives the
/// sandbox and then the room on the node back when a run is over.
/// </summary>
internal sealed partial class JobRunner(
    ISandboxRuntime runtime,
    SandboxPool pool,
    IOutputStore outputs,
    JobInputs inputs,
    JobArtifacts artifacts,
    NodeEgress egress,
    PackageInstaller packages,
    NodeSecrets secrets,
    IGrainFactory grains,
    JobInstruments instruments,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<JobRunner> logger)
{
    private const int MakeAttempts = 3;
    private const int LongestReportDelay = 10;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SandboxId, SandboxHandle> _offered = new();

    public ISandboxRuntime Runtime => runtime;

    public IOutputStore Outputs => outputs;

    public JobInputs Inputs => inputs;

    public JobArtifacts Artifacts => artifacts;

    public NodeEgress Egress => egress;

    public PackageInstaller Packages => packages;

    public NodeSecrets Secrets => secrets;

    public JobInstruments Instruments => instruments;

    public TimeProvider Time => time;

    /// <summary>Sandboxes that wait for the grain of their job.</summary>
    public IReadOnlyCollection<SandboxId> Held => [.. _offered.Keys];

    /// <summary>A sandbox that is ready now, or null.</summary>
    public SandboxHandle? TryClaim(JobSpec spec) => pool.TryAcquire(KeyOf(spec), LimitsOf(spec));

    /// <summary>Starts an attempt on a sandbox that the grain has recorded as the attempt's.</summary>
    public JobRun Launch(JobAssignment assignment, SandboxHandle sandbox, AdmissionTicket room)
    {
        var run = new JobRun(assignment, this, logger);
        _ = Task.Run(() => RunToEnd(run, assignment.Job, sandbox, room));
        return run;
    }

    /// <summary>Takes up an attempt of an earlier process.</summary>
    public JobRun Resume(JobAssignment assignment, SandboxId sandbox, AdmissionTicket room)
    {
        var run = new JobRun(assignment, this, logger);
        _ = Task.Run(() => ResumeToEnd(run, assignment.Job, sandbox, room));
        return run;
    }

    /// <summary>Tells a job that there is room for it.</summary>
    public void Dispatch(JobId job) => _ = Task.Run(() => Report(job, () => grains.GetGrain<IJobAttempts>(job.ToString()).Dispatch()));

    /// <summary>Makes a sandbox for a job that has room, and offers it to the grain, which takes it by <see cref="TakeOffered"/>.</summary>
    public void Prepare(JobId job, JobSpec spec) => _ = Task.Run(async () =>
    {
        var grain = grains.GetGrain<IJobAttempts>(job.ToString());
        if (await Make(job, spec) is not { } sandbox)
        {
            await Report(job, () => grain.AttemptNotStarted());
            return;
        }

        Offer(sandbox);
        await Report(job, () => grain.AttemptStarted(sandbox.Id.ToString()));
        if (TakeOffered(sandbox.Id) is { } unwanted)
            Discard(unwanted);
    });

    /// <summary>Holds a sandbox for the grain of its job.</summary>
    public void Offer(SandboxHandle sandbox) => _offered[sandbox.Id] = sandbox;

    /// <summary>A sandbox that was made for a job; null when it is not of this process, or taken already.</summary>
    public SandboxHandle? TakeOffered(SandboxId id) => _offered.TryRemove(id, out var sandbox) ? sandbox : null;

    /// <summary>Destroys a sandbox that no attempt uses.</summary>
    public void Discard(SandboxHandle sandbox) => _ = Task.Run(async () =>
    {
        try
        {
            await sandbox.DisposeAsync();
        }
        finally
        {
            await runtime.Destroy(sandbox.Id, CancellationToken.None);
        }
    });

    // Nothing has run yet, so trying again is safe.
    private async Task<SandboxHandle?> Make(JobId job, JobSpec spec)
    {
        for (var attempt = 1; attempt <= MakeAttempts; attempt++)
        {
            try
            {
                return await pool.Acquire(KeyOf(spec), LimitsOf(spec), CancellationToken.None);
            }
            catch (Exception e)
            {
                LogNoSandbox(job, attempt, e);
                await Task.Delay(RetryDelay, time);
            }
        }

        return null;
    }

    private async Task ResumeToEnd(JobRun run, JobId job, SandboxId sandbox, AdmissionTicket room)
    {
        await run.Resume(sandbox);
        await End(run, job, sandbox, room);
    }

    private async Task RunToEnd(JobRun run, JobId job, SandboxHandle sandbox, AdmissionTicket room)
    {
        await run.Execute(sandbox);
        await End(run, job, sandbox.Id, room);
    }

    private async Task End(JobRun run, JobId job, SandboxId sandbox, AdmissionTicket room)
    {
        try
        {
            if (await run.Finished is null)
                return;
            var grain = grains.GetGrain<IJobAttempts>(job.ToString());
            // Until its outcome is durable the sandbox stays: the next process reads the outcome from it.
            if (await Report(job, () => grain.AttemptEnded(sandbox.ToString())))
                await runtime.Destroy(sandbox, CancellationToken.None);
        }
        finally
        {
            room.Dispose();
        }
    }

    // The grain must hear of it: a storage fault is tried again for as long as this process lives; the next one recovers.
    private async Task<bool> Report(JobId job, Func<Task> call)
    {
        var stopping = lifetime.ApplicationStopping;
        for (var attempt = 1; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await call();
                return true;
            }
            catch (Exception e)
            {
                LogNotReported(job, attempt, e);
            }

            await Task.Delay(RetryDelay * Math.Min(attempt, LongestReportDelay), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private static PoolKey KeyOf(JobSpec spec) => new(
        spec.Template ?? "default",
        spec.Language,
        spec.Isolation == IsolationClasses.Strong ? IsolationClass.Strong : IsolationClass.Standard);

    private static SandboxLimits LimitsOf(JobSpec spec) =>
        new(spec.Limits.Cpu, spec.Limits.MemoryBytes, spec.Limits.DiskBytes, spec.Limits.Processes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: no sandbox could be made (attempt {Attempt})")]
    private partial void LogNoSandbox(JobId job, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: its grain could not be told (attempt {Attempt})")]
    private partial void LogNotReported(JobId job, int attempt, Exception exception);
}
