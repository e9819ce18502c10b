using Orleans.Runtime;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>What the grain of one job does, told by a test, and what it was asked.</summary>
internal sealed class JobScript
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSource();
    private JobView _view;
    private List<OutputEvent> _events = [];

    public JobScript(JobView view) => _view = view;

    public (Caller Caller, JobSpec Spec, string Fingerprint)? Submitted { get; set; }

    /// <summary>Waits that callers asked for, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Highest event id that a caller said it had, each time.</summary>
    public List<long> ReadsAfter { get; } = [];

    public Refusal? Refusal { get; set; }

    public Func<Exception>? Fault { get; set; }

    /// <summary>Answers at once, as if every wait had passed.</summary>
    public bool NeverWaits { get; set; }

    /// <summary>Most bytes of one page of events.</summary>
    public int PageBytes { get; set; } = 64 * 1024;

    /// <summary>Completed when a caller waits for something that has not happened.</summary>
    public TaskCompletionSource Waiting { get; } = NewSource();

    /// <summary>Completed when a wait was cancelled by its caller.</summary>
    public TaskCompletionSource WaitCancelled { get; } = NewSource();

    public JobView View
    {
        get
        {
            lock (_lock)
                return _view;
        }
    }

    public void Change(Func<JobView, JobView> change) => Signal(() => _view = change(_view));

    public void Emit(params OutputEvent[] events) => Signal(() => _events = [.. _events, .. events]);

    /// <summary>The page above an id, cut where a page is full; null when nothing is there.</summary>
    public OutputEventPage Page(long after)
    {
        lock (_lock)
        {
            var rest = _events.Where(item => item.Id > after).ToList();
            var (bytes, count) = (0, 0);
            while (count < rest.Count && bytes < PageBytes)
                bytes += rest[count++].Data.Length + 1;
            var hasEnd = _events is [.., { Kind: OutputEventKinds.End }];
            return new OutputEventPage(rest[..count], hasEnd && count == rest.Count);
        }
    }

    public async Task<bool> UntilChanged(TimeSpan wait, Func<bool> done, CancellationToken cancellationToken)
    {
        var deadline = Task.Delay(wait, cancellationToken);
        while (true)
        {
            Task changed;
            lock (_lock)
                changed = _changed.Task;
            if (done())
                return true;
            Waiting.TrySetResult();
            if (await Task.WhenAny(changed, deadline) != deadline)
                continue;
            if (cancellationToken.IsCancellationRequested)
                WaitCancelled.TrySetResult();
            await deadline;
            return false;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal(Action change)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            change();
            before = _changed;
            _changed = NewSource();
        }
        before.SetResult();
    }
}
