using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// One step, from its place in the queue of its context to its durable record. Works outside of the grain's turns. A
/// broken connection is mended by attaching again; the agent has kept what was not acknowledged.
/// </summary>
internal sealed partial class StepRun
{
    private const int SigInt = 2;

    private readonly SessionContext _session;
    private readonly OutputRecorder _recorder;
    private readonly SemaphoreSlim _saving = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<StepRecord> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StepRecord _record;
    private readonly bool _adopted;
    private volatile bool _interrupted;
    private volatile bool _interruptSent;
    private bool _saved;
    private string? _endCause;

    /// <param name="session">What the steps of the session share.</param>
    /// <param name="record">The step.</param>
    /// <param name="saved">Whether the record is durable.</param>
    /// <param name="adopted">Whether an earlier process had it.</param>
    public StepRun(SessionContext session, StepRecord record, bool saved, bool adopted)
    {
        _session = session;
        _record = record;
        _saved = saved;
        _adopted = adopted;
        _recorder = session.RecorderOf(record);
        if (adopted)
            _recorder.Live.Forgo();
    }

    /// <summary>The step as it stands; only at its end it is what is durable.</summary>
    public StepRecord Record => _record;

    public LiveOutput Output => _recorder.Live;

    /// <summary>The durable record of the end. Fails when the process let go of the step, which then goes on without it.</summary>
    public Task<StepRecord> Finished => _finished.Task;

    /// <summary>Completes when it has been handed to the agent, or has ended without.</summary>
    public Task HandedOver => _handedOver.Task;

    private string ExecId => StepName.ExecIdOf(_record, _session.Branch);

    /// <summary>Writes the step as it stands, once, so that it may be acknowledged before its end.</summary>
    public async Task MakeDurable(CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken);
        try
        {
            if (_saved)
                return;
            await _session.Steps.Save(_record, cancellationToken);
            _saved = true;
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>Asks the code to stop; a step that has not started does not start.</summary>
    public async Task Interrupt(CancellationToken cancellationToken)
    {
        _interrupted = true;
        if (_record.Status != StepStatus.Running)
            return;
        try
        {
            await SendInterrupt(await _session.Link.Get(cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is AgentConnectionException or SandboxLostException)
        {
            // Whoever attaches anew sends it, or finds that there is nothing left to interrupt.
        }
    }

    /// <summary>Signals it where it runs; false where it does not, or its sandbox is out of reach.</summary>
    public async Task<bool> Signal(int signal, CancellationToken cancellationToken)
    {
        if (_record.Status != StepStatus.Running)
            return false;
        try
        {
            await (await _session.Link.Get(cancellationToken)).Agent.Signal(ExecId, signal, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is AgentConnectionException or SandboxLostException)
        {
            return false;
        }
    }

    /// <summary>The session has ended: so does the step, for a cause.</summary>
    public void EndWithSession(string cause)
    {
        _endCause = cause;
        _stop.Cancel();
    }

    /// <summary>Lets go without ending it: the silo stops, and the next one goes on.</summary>
    public void Abandon() => _stop.Cancel();

    /// <summary>Runs to the end. Never throws; <see cref="Finished"/> has the record.</summary>
    public async Task Execute()
    {
        try
        {
            var ended = await ToRecord();
            if (ended.Background is not null)
                ended = await Complete(ended, ended.Background);
            await Save(ended);
            _finished.SetResult(ended);
        }
        catch (OperationCanceledException)
        {
            _finished.SetCanceled(CancellationToken.None);
        }
        catch (Exception e)
        {
            LogFailed(_session.Logger, _session.Id, _record.Sequence, e);
            _finished.SetException(e);
        }
        finally
        {
            _handedOver.TrySetResult();
        }
    }

    private async Task<StepRecord> ToRecord()
    {
        try
        {
            if (_adopted)
                await _recorder.Restore(_stop.Token);
            // Whoever starts it anew must know it: nobody asks again for something that runs in the background.
            if (_record.Background is not null)
                await _recorder.Insist(() => Written(_record, _stop.Token), _stop.Token);
            return await Attach(_stop.Token);
        }
        catch (OperationCanceledException) when (_endCause is { } cause)
        {
            return End(StepStatus.Failed, cause) with { KernelEnded = true };
        }
        catch (AgentRequestException e) when (e.Code == AgentErrors.NotFound && _record.StartedAt is not null)
        {
            return End(StepStatus.Failed, JobCauses.NodeLost);
        }
        catch (SandboxLostException)
        {
            var lost = OutcomeClassifier.ClassifyLost(_session.Usage(), null);
            return End(StepStatus.Failed, lost.Cause) with { KernelEnded = true };
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            LogFailed(_session.Logger, _session.Id, _record.Sequence, e);
            return End(StepStatus.Failed, JobCauses.StartFailed);
        }
    }

    private async Task<StepRecord> Attach(CancellationToken cancellationToken)
    {
        for (var known = false; ;)
        {
            try
            {
                var sandbox = await _session.Link.Get(cancellationToken);
                known |= sandbox.Agent.KnownExecs.Contains(ExecId);
                if (!known && _interrupted)
                    return End(StepStatus.Interrupted, null);
                if (!known && _record is { Background: not null, StartedAt: not null })
                    return End(StepStatus.Failed, JobCauses.NodeLost);
                var (exec, step) = await _session.Start.Open(sandbox, _record, Output.LastSequence, known, cancellationToken);
                await using var attached = exec;
                known = true;
                _record = step with { Status = StepStatus.Running, StartedAt = step.StartedAt ?? _session.Time.GetUtcNow() };
                Output.Signal();
                if (_record.Background is not null)
                    await _recorder.Insist(() => Written(_record, cancellationToken), cancellationToken);
                _handedOver.TrySetResult();
                // It may have been asked for while the step was on its way to the agent.
                if (_interrupted && !_interruptSent)
                    await SendInterrupt(sandbox, cancellationToken);
                await _recorder.Pump(exec, cancellationToken);
                return Classify(await exec.Result.WaitAsync(cancellationToken));
            }
            catch (AgentConnectionException e)
            {
                LogConnectionLost(_session.Logger, _session.Id, _record.Sequence, e);
            }
        }
    }

    private async Task SendInterrupt(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        // Before it is: whoever attaches meanwhile need not send another one.
        _interruptSent = true;
        try
        {
            await sandbox.Agent.Signal(ExecId, SigInt, cancellationToken);
        }
        catch
        {
            _interruptSent = false;
            throw;
        }
    }

    private StepRecord Classify(ExecResult result)
    {
        // A command that a caller's signal killed ended as by any other signal.
        if (_record.Background is not null && result.EndedBy == ExecEnd.Killed)
            result = result with { EndedBy = ExecEnd.Program };
        // A failed child of the code is the code's to handle: only what ended the code itself is told as its cause.
        var killed = result.KernelEnded || result.Signal is not null;
        var outcome = OutcomeClassifier.Classify(result, killed ? _session.TakeKills() : 0, processLimitReached: false);
        var status = outcome.Status switch
        {
            JobStatus.Succeeded => StepStatus.Succeeded,
            JobStatus.TimedOut => StepStatus.TimedOut,
            _ => _interrupted ? StepStatus.Interrupted : StepStatus.Failed,
        };
        if (result.KernelEnded && _record is { Language: { } language })
            _session.Kernels.Replace(_session.Kernels.Current(_record.Context, language));
        return End(status, status == StepStatus.Interrupted ? null : outcome.Cause) with
        {
            ExitCode = outcome.ExitCode,
            Signal = outcome.Signal,
            StdoutTruncated = outcome.StdoutTruncated,
            StderrTruncated = outcome.StderrTruncated,
            KernelEnded = result.KernelEnded,
        };
    }

    // Of a command nothing stays behind in memory, and nothing in its record that would be too much for a list of them.
    private async Task<StepRecord> Complete(StepRecord ended, BackgroundCommand command)
    {
        await _recorder.FlushRest(_session.Stopping);
        return ended with
        {
            Tail = [],
            OutputStored = true,
            Background = command with { StdoutBytes = Output.Totals.Stdout, StderrBytes = Output.Totals.Stderr, LastOutput = Output.LastSequence },
        };
    }

    private async Task<bool> Written(StepRecord record, CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken);
        try
        {
            await _session.Steps.Save(record, cancellationToken);
            _saved = true;
            return true;
        }
        finally
        {
            _saving.Release();
        }
    }

    private StepRecord End(StepStatus status, string? cause) => _record with
    {
        Status = status,
        Cause = cause,
        FinishedAt = _session.Time.GetUtcNow(),
        Spec = null,
        Tail = Output.Unstored(),
        OutputStored = Output.AnyStored || !Output.IsWhole,
    };

    // The sandbox has the outcome until this process has it for good: only then is it told.
    private async Task Save(StepRecord ended)
    {
        await _saving.WaitAsync(CancellationToken.None);
        try
        {
            await _recorder.Insist(
                async () =>
                {
                    await _session.Steps.Save(ended, CancellationToken.None);
                    return true;
                },
                _session.Stopping);
            _saved = true;
            _record = ended;
        }
        finally
        {
            _saving.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, step {Step}: the connection to the agent broke")]
    private static partial void LogConnectionLost(ILogger logger, string session, long step, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}, step {Step} failed outside of its code")]
    private static partial void LogFailed(ILogger logger, string session, long step, Exception exception);
}
