using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Output;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// One step, from its place in the queue of its context to its durable record. Works outside of the grain's turns. A
/// broken connection is mended by attaching again; the agent has kept what was not acknowledged.
/// </summary>
internal sealed partial class StepRun
{
    private readonly SessionContext _session;
    private readonly OutputRecorder _recorder;
    private readonly StepWriter _writer;
    private readonly StepSignals _signals;
    private readonly StepOutcomes _outcomes;
    private readonly string _execId;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<StepRecord> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StepRecord _record;
    private readonly bool _adopted;
    private string? _endCause;

    /// <param name="session">What the steps of the session share.</param>
    /// <param name="record">The step.</param>
    /// <param name="saved">Whether the record is durable.</param>
    /// <param name="adopted">Whether an earlier process had it.</param>
    public StepRun(SessionContext session, StepRecord record, bool saved, bool adopted)
    {
        _session = session;
        _record = record;
        _adopted = adopted;
        _recorder = session.RecorderOf(record);
        _execId = StepName.ExecIdOf(record, session.Branch);
        _writer = new StepWriter(session.Steps, _recorder, saved);
        _signals = new StepSignals(session.Link, _execId);
        _outcomes = new StepOutcomes(session, _recorder.Live);
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

    /// <summary>Writes the step as it stands, once, so that it may be acknowledged before its end.</summary>
    public Task MakeDurable(CancellationToken cancellationToken) => _writer.WriteOnce(() => _record, cancellationToken);

    /// <summary>Asks the code to stop; a step that has not started does not start.</summary>
    public Task Interrupt(CancellationToken cancellationToken) => _signals.Interrupt(() => _record.Status, cancellationToken);

    /// <summary>Signals it where it runs; false where it does not, or its sandbox is out of reach.</summary>
    public async Task<bool> Signal(int signal, CancellationToken cancellationToken) =>
        _record.Status == StepStatus.Running && await _signals.Send(signal, cancellationToken);

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
            ended = ended.Background is { } command
                ? await Complete(ended, command)
                : await _session.Overflow.Keep(_session.TenantId, ended, Output.IsWhole ? Output.Read() : [], _session.MaxArtifactBytes, _session.Stopping);
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
                await _writer.Write(_record, _stop.Token);
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
        catch (PackagesNotInstalledException e)
        {
            _recorder.Tell(_session.Secrets.Patterns.Mask(e.Message));
            return End(StepStatus.Failed, JobCauses.PackagesFailed);
        }
        catch (SandboxLostException)
        {
            return _outcomes.OfLoss(_record);
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
                known |= sandbox.Agent.KnownExecs.Contains(_execId);
                if (!known && _signals.Interrupted)
                    return End(StepStatus.Interrupted, null);
                if (!known && _record is { Background: not null, StartedAt: not null })
                    return End(StepStatus.Failed, JobCauses.NodeLost);
                var (exec, step) = await _session.Start.Open(sandbox, _record, Output.LastSequence, known, cancellationToken);
                await using var attached = exec;
                known = true;
                _record = step with { Status = StepStatus.Running, StartedAt = step.StartedAt ?? _session.Time.GetUtcNow() };
                Output.Signal();
                if (_record.Background is not null)
                    await _writer.Write(_record, cancellationToken);
                _handedOver.TrySetResult();
                await _signals.SendPending(sandbox, cancellationToken);
                await _recorder.Pump(exec, _session.Secrets.Masked, cancellationToken);
                var result = await exec.Result.WaitAsync(cancellationToken);
                return _outcomes.Of(_record, result, _signals.Interrupted);
            }
            catch (AgentConnectionException e)
            {
                LogConnectionLost(_session.Logger, _session.Id, _record.Sequence, e);
            }
        }
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

    private StepRecord End(StepStatus status, string? cause) => _outcomes.Of(_record, status, cause);

    // The sandbox has the outcome until this process has it for good: only then is it told.
    private async Task Save(StepRecord ended)
    {
        await _writer.WriteEnd(ended, _session.Stopping);
        _record = ended;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}, step {Step}: the connection to the agent broke")]
    private static partial void LogConnectionLost(ILogger logger, string session, long step, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}, step {Step} failed outside of its code")]
    private static partial void LogFailed(ILogger logger, string session, long step, Exception exception);
}
