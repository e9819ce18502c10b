using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Output;

/// <summary>
/// Output of an attempt of a job, or of a step, in memory: bounded by its output limit, or by forgetting what is in the
/// store. Written by the run, read by the grain.
/// </summary>
internal sealed class LiveOutput(int series)
{
    private readonly Lock _lock = new();
    private readonly List<OutputEvent> _events = [];
    private TaskCompletionSource _changed = NewSignal();
    private OutputTotals _forgotten;
    private long _forgottenId;
    private int _stored;

    /// <summary>Agent's sequence of the last piece.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Bytes since the last piece that is in the store.</summary>
    public int UnstoredBytes { get; private set; }

    /// <summary>False while an earlier process may have stored output that <see cref="Restore"/> has not brought yet.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Whether anything is in the store.</summary>
    public bool AnyStored => _stored > 0;

    /// <summary>Bytes of each stream since the beginning, here or not.</summary>
    public OutputTotals Totals { get; private set; }

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
    /// <param name="stored">A part of it, behind those before.</param>
    /// <param name="whole">Whether this is the last part.</param>
    public void Restore(IReadOnlyList<OutputEvent> stored, bool whole = true)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _events.AddRange(stored);
            _stored += stored.Count;
            Totals = stored.Aggregate(Totals, static (totals, entry) => totals.Plus(entry));
            LastSequence = _events.Count > 0 ? OutputEventIds.SequenceOf(_events[^1].Id) : 0;
            IsWhole = whole;
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
            Totals = Totals.Plus(kind, output.Data.Length);
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

    /// <summary>What follows an id; null where a part of that is in the store only.</summary>
    public IReadOnlyList<OutputEvent>? ReadAfter(long id)
    {
        lock (_lock)
        {
            if (!IsWhole || id < _forgottenId)
                return null;
            // A reader is nearly always at the newest.
            var first = _events.Count;
            while (first > 0 && _events[first - 1].Id > id)
                first--;
            return _events.GetRange(first, _events.Count - first);
        }
    }

    /// <summary>Where a byte of a stream is in what is here, as the store has it by <see cref="IOutputStore.Locate"/>; null where it is in the store only.</summary>
    public OutputPlace? Locate(string? kind, long offset)
    {
        lock (_lock)
        {
            if (!IsWhole || offset < _forgotten.Of(kind))
                return null;
            var (first, totals) = (_events.Count, Totals);
            while (first > 0 && totals.Of(kind) > offset)
                totals = Before(_events[--first], totals);
            return new OutputPlace(first > 0 ? _events[first - 1].Id : _forgottenId, totals);
        }
    }

    /// <summary>Forgets the oldest that is in the store, so that about so many bytes remain.</summary>
    public void Forget(int keepBytes)
    {
        lock (_lock)
        {
            var first = _events.Count;
            for (var left = keepBytes; first > 0 && (left -= _events[first - 1].Data.Length + IOutputStore.EventCost) >= 0;)
                first--;
            first = Math.Min(first, _stored);
            if (first == 0)
                return;
            foreach (var entry in _events.Take(first))
                _forgotten = _forgotten.Plus(entry);
            _forgottenId = _events[first - 1].Id;
            _events.RemoveRange(0, first);
            _stored -= first;
        }
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

    // An event that says what was dropped is the first of all: before it there is nothing to be read.
    private static OutputTotals Before(OutputEvent entry, OutputTotals behind) =>
        entry.Kind == OutputEventKinds.Dropped ? behind : behind.Plus(entry.Kind, -entry.Data.Length);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
