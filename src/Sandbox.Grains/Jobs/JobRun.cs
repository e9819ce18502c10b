using System.Text;
using Microsoft.Extensions.Logging;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Output;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Secrets;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Jobs;

/// <summary>What a run is to do.</summary>
/// <param name="Job">The job.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="AgentId">The agent that submitted it.</param>
/// <param name="Attempt">Number of the attempt.</param>
/// <param name="StartedAt">When the attempt got its sandbox.</param>
/// <param name="Spec">What to run.</param>
/// <param name="Permit">What it may do.</param>
/// <param name="TraceParent">Trace to continue.</param>
internal sealed record JobAssignment(JobId Job, string TenantId, string AgentId, int Attempt, DateTimeOffset StartedAt, JobSpec Spec, EffectivePermit Permit, string? TraceParent);

/// <summary>
/// One attempt of a job, from a sandbox that is assigned to it to the outcome. Works outside of the grain's turns. A
/// broken connection is mended by attaching again; the agent has kept what was not acknowledged.
/// </summary>
internal sealed partial class JobRun(JobAssignment assignment, JobRunner runner, ILogger logger)
{
    // What the agent has when it does nothing.
    private const int AgentThreads = 7;
    private const int FreeCuts = 5;
    private const int UsageDecimals = 6;
    private static readonly TimeSpan CutPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WallGrace = TimeSpan.FromSeconds(10);

    // For what the code has left; it runs no more.
    private static readonly TimeSpan CollectTime = TimeSpan.FromMinutes(1);

    // How long the sandbox keeps an outcome for a server that is down at the end of the job.
    private static readonly TimeSpan OutcomeKept = TimeSpan.FromHours(1);

    private readonly JobSpec _spec = assignment.Spec;
    private readonly OutputRecorder _recorder = new(assignment.Job.ToString(), assignment.Attempt, runner.Outputs, runner.Time, logger);
    private readonly SandboxReach _reach = runner.Egress.NewReach();
    private readonly SandboxSecrets _secrets = runner.Secrets.Of(OwnerOf(assignment), assignment.Spec.Secrets);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<JobOutcome?> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _cancelled;
    private CancellationTokenSource? _wall;
    private JobOutcome? _ended;
    private SandboxUsage? _before;
    private long _startedAt;
    private TimeSpan _earlier;

    public LiveOutput Output => _recorder.Live;

    /// <summary>The outcome; null when the run was abandoned and the sandbox is left to a later process.</summary>
    public Task<JobOutcome?> Finished => _finished.Task;

    /// <summary>Ends the attempt for the caller who cancelled it.</summary>
    public void Cancel()
    {
        _cancelled = true;
        _stop.Cancel();
    }

    /// <summary>Lets go of the sandbox without ending it: the silo stops, and the next one goes on.</summary>
    public void Abandon() => _stop.Cancel();

    /// <summary>Runs to the end. Never throws; <see cref="Finished"/> has the outcome.</summary>
    public Task Execute(SandboxHandle sandbox) => ToOutcome(sandbox.Id, async cancellationToken =>
    {
        _before = Usage(sandbox.Id);
        return await ExecuteAttached(sandbox, cancellationToken);
    });

    /// <summary>Goes on with an attempt of an earlier process, from what that one had stored. Never throws.</summary>
    public Task Resume(SandboxId sandbox)
    {
        Output.Forgo();
        var since = runner.Time.GetUtcNow() - assignment.StartedAt;
        _earlier = since > TimeSpan.Zero ? since : TimeSpan.Zero;
        // Nothing is taken from the counters: what the kernel did while no process watched belongs to the attempt.
        return ToOutcome(sandbox, async cancellationToken =>
        {
            await _recorder.Restore(cancellationToken);
            return await runner.Runtime.Find(sandbox, cancellationToken) is { } found
                ? await ExecuteAttached(found, cancellationToken)
                : OutcomeClassifier.ClassifyLost(Usage(sandbox), null);
        });
    }

    private async Task ToOutcome(SandboxId sandbox, Func<CancellationToken, Task<JobOutcome>> execute)
    {
        using var activity = runner.Instruments.StartRun(assignment);
        _startedAt = runner.Time.GetTimestamp();
        var left = TimeSpan.FromSeconds(_spec.Limits.WallSeconds) - _earlier;
        using var wall = new CancellationTokenSource((left > TimeSpan.Zero ? left : TimeSpan.Zero) + WallGrace, runner.Time);
        _wall = wall;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, wall.Token);
        JobOutcome? outcome;
        try
        {
            outcome = await execute(linked.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            outcome = _cancelled ? new JobOutcome { Status = JobStatus.Cancelled, Cause = JobCauses.Cancelled } : null;
        }
        catch (OperationCanceledException) when (wall.IsCancellationRequested)
        {
            // The agent should have ended it; it does not answer, so the node does. What the code itself has come to stays that.
            outcome = _ended is { } ended
                ? ended with { SkippedArtifacts = [new SkippedArtifact("*", JobCauses.Timeout)] }
                : new JobOutcome { Status = JobStatus.TimedOut, Cause = JobCauses.Timeout };
        }
        catch (Exception e)
        {
            LogFailed(assignment.Job, assignment.Attempt, e);
            outcome = OutcomeClassifier.ClassifyLost(Usage(sandbox), _before);
        }

        await _reach.DisposeAsync();
        _finished.SetResult(outcome is null ? null : Complete(outcome, sandbox));
    }

    private async Task<JobOutcome> ExecuteAttached(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        var cuts = 0;
        for (var current = sandbox; ;)
        {
            try
            {
                await using var way = await runner.Egress.Open(current.Agent, OwnerOf(assignment), assignment.Permit, _reach, _secrets, _spec.Workflow, cancellationToken);
                return await ExecuteOnce(current, cancellationToken);
            }
            catch (AgentConnectionException e)
            {
                LogConnectionLost(assignment.Job, assignment.Attempt, e);
            }
            finally
            {
                await current.DisposeAsync();
            }

            // An agent that cuts the connection again and again does not keep the node busy with it.
            if (++cuts > FreeCuts)
                await Task.Delay(CutPause, runner.Time, cancellationToken);
            if (await runner.Runtime.Find(sandbox.Id, cancellationToken) is not { } found)
                return OutcomeClassifier.ClassifyLost(Usage(sandbox.Id), _before);
            current = found;
        }
    }

    private async Task<JobOutcome> ExecuteOnce(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        var execId = $"{assignment.Job}-{assignment.Attempt}";
        var known = sandbox.Agent.KnownExecs.Contains(execId);
        // Of what runs already, only what has to be masked is of interest.
        var open = await _secrets.Open(assignment.Permit, cancellationToken);
        if (!known && open.Count < _secrets.Names.Count)
            return new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.SecretUnknown };
        if (!known && await Prepare(sandbox, execId, cancellationToken) is { } failed)
            return failed;
        var injected = known ? InjectedSecrets.None : await _secrets.Inject(sandbox, assignment.Permit, cancellationToken);
        using var activity = runner.Instruments.StartExec();
        await using var exec = await sandbox.Agent.Exec(
            new ExecRequest(execId, Output.LastSequence, StartOf(injected)), Utf8(_spec.Code), Utf8(_spec.Stdin), cancellationToken);
        await _recorder.Pump(exec, _secrets.Masked, cancellationToken);
        var result = await exec.Result.WaitAsync(cancellationToken);
        var usage = Usage(sandbox.Id);
        var outcome = OutcomeClassifier.Classify(
            result, Since(usage?.OomKills, _before?.OomKills), ReachedProcesses(usage));
        if (_spec.Artifacts.Count == 0)
            return outcome;
        _ended = outcome;
        _wall?.CancelAfter(CollectTime);
        return await runner.Artifacts.Collect(assignment, outcome, sandbox.Agent, _secrets.Patterns, cancellationToken);
    }

    private async Task<JobOutcome?> Prepare(SandboxHandle sandbox, string execId, CancellationToken cancellationToken)
    {
        if (await PlaceFiles(sandbox, cancellationToken) is { } failed)
            return failed;
        if (await runner.Packages.Install(sandbox, execId, _spec.Packages, assignment.Permit.Packages, PackagePlace.User, _reach.Refused, Env, cancellationToken) is not { } said)
            return null;
        _recorder.Tell(_secrets.Patterns.Mask(said));
        return new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.PackagesFailed };
    }

    private async Task<JobOutcome?> PlaceFiles(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        foreach (var file in _spec.Files)
        {
            try
            {
                await using var content = await runner.Inputs.Open(assignment.TenantId, file, cancellationToken);
                if (content is null)
                    return new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.ArtifactUnavailable };
                await sandbox.Agent.WriteFile(new WriteFileRequest($"{SandboxEnvironment.Workspace}/{file.Path}", 0b110_100_100), content, cancellationToken);
            }
            catch (InvalidDataException e)
            {
                LogFileDamaged(assignment.Job, e);
                return new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.ArtifactUnavailable };
            }
            catch (AgentRequestException e)
            {
                LogFileRefused(assignment.Job, e.Code);
                return new JobOutcome { Status = JobStatus.Failed, Cause = e.Code == AgentErrors.NoSpace ? JobCauses.DiskLimit : JobCauses.StartFailed };
            }
        }

        return null;
    }

    private IReadOnlyDictionary<string, string> Env => NodeEgress.EnvironmentOf(assignment.Permit, _spec.Env, _spec.Workflow);

    private static EgressOwner OwnerOf(JobAssignment assignment) => new(assignment.TenantId, assignment.AgentId, assignment.Job.ToString());

    private ExecStart StartOf(InjectedSecrets injected) => new(
        _spec.Language is null ? null : KernelStarter.KernelId,
        _spec.Command ?? _spec.Args,
        injected.Over(_spec.Language is null ? SandboxEnvironment.With(Env) : Env),
        SandboxEnvironment.Workspace,
        new ExecLimits(_spec.Limits.WallSeconds, _spec.Limits.OutputBytes),
        KillAllOnExit: true,
        // In place of the deadline of a sandbox of the pool, which is for waiting and shorter than a job may run.
        DeadlineSeconds: _spec.Limits.WallSeconds + OutcomeKept.TotalSeconds);

    private JobOutcome Complete(JobOutcome outcome, SandboxId sandbox)
    {
        var usage = Usage(sandbox);
        return outcome with
        {
            Tail = Output.Unstored(),
            OutputStored = Output.AnyStored || !Output.IsWhole,
            Usage = new JobUsage(
                (_earlier + runner.Time.GetElapsedTime(_startedAt)).TotalSeconds,
                Math.Round(Math.Max(0, (usage?.CpuSeconds ?? 0) - (_before?.CpuSeconds ?? 0)), UsageDecimals),
                usage?.PeakMemoryBytes ?? 0,
                Output.Read().Sum(entry => (long)entry.Data.Length)),
        };
    }

    private SandboxUsage? Usage(SandboxId sandbox)
    {
        try
        {
            return runner.Runtime.ReadUsage(sandbox);
        }
        catch (IOException e)
        {
            // The group went away while it was read.
            LogNoUsage(assignment.Job, assignment.Attempt, e);
            return null;
        }
    }

    // The code's own limit refuses without counting, so its peak tells; under gVisor the peak is that of its kernel's threads.
    private bool ReachedProcesses(SandboxUsage? usage) => Since(usage?.ProcessRefusals, _before?.ProcessRefusals) > 0
        || (_spec.Isolation == IsolationClasses.Standard && usage?.PeakProcesses >= _spec.Limits.Processes + AgentThreads);

    private static long Since(long? now, long? before) => (now ?? 0) - (before ?? 0);

    private static ReadOnlyMemory<byte> Utf8(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}, attempt {Attempt}: the connection to the agent broke")]
    private partial void LogConnectionLost(JobId job, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}, attempt {Attempt}: what it used could not be read")]
    private partial void LogNoUsage(JobId job, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}, attempt {Attempt} failed outside of its code")]
    private partial void LogFailed(JobId job, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: an input file could not be written ({Code})")]
    private partial void LogFileRefused(JobId job, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: an artifact among its files is damaged")]
    private partial void LogFileDamaged(JobId job, Exception exception);
}
