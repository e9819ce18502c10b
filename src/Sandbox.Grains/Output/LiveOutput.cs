using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Output;

/// <summary>
/// Output of an attempt of a job, or of a step, in memory: bounded by its output limit. Written by the run, read by the grain.
/// </summary>
internal sealed class LiveOutput(int series)
{
    private readonly Lock _lock = new();
    private readonly List<OutputEvent> _events = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _stored;

    /// <summary>Agent's sequence of the last piece.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Bytes since the last piece that is in the store.</summary>
    public int UnstoredBytes { get; private set; }

    /// <summary>False while an earlier process may have stored output that <see cref="Restore"/> has not brought yet.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Whether anything is in the store.</summary>
    public bool AnyStored => _stored > 0;

    /// <summary>Completes at the next change. Take it before reading, so that no change is missed.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>Says that the beginning is in the store, and comes by <see cref="Restore"/>.</summary>
    public void Forgo() => IsWhole = false;

    /// <summary>Takes up what an earlier process had stored of this attempt.</summary>
    public void Restore(IReadOnlyList<OutputEvent> stored)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _events.AddRange(stored);
            _stored = _events.Count;
            LastSequence = _events.Count > 0 ? OutputEventIds.SequenceOf(_events[^1].Id) : 0;
            IsWhole = true;
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>Adds a piece.</summary>
    public void Add(AgentOutput output)
    {
        var kind = output.Stream switch
        {
            OutputStream.Stdout => OutputEventKinds.Stdout,
            OutputStream.Stderr => OutputEventKinds.Stderr,
            OutputStream.Rich => OutputEventKinds.Rich,
            _ => OutputEventKinds.Result,
        };
        TaskCompletionSource changed;
        lock (_lock)
        {
            _events.Add(new OutputEvent(OutputEventIds.Output(series, output.Sequence), kind, output.Data.ToArray()));
            LastSequence = output.Sequence;
            UnstoredBytes += output.Data.Length;
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>Wakes those who wait for <see cref="Changed"/>, for a change of what the output belongs to.</summary>
    public void Signal()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<OutputEvent> Read()
    {
        lock (_lock)
            return [.. _events];
    }

    /// <summary>What is not in the store yet.</summary>
    public IReadOnlyList<OutputEvent> Unstored()
    {
        lock (_lock)
            return _events.GetRange(_stored, _events.Count - _stored);
    }

    /// <summary>The first pieces of what <see cref="Unstored"/> gave are in the store now.</summary>
    public void MarkStored(IReadOnlyList<OutputEvent> events)
    {
        lock (_lock)
        {
            _stored += events.Count;
            UnstoredBytes -= events.Sum(entry => entry.Data.Length);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
