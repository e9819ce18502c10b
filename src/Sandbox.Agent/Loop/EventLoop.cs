using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Loop;

/// <summary>A descriptor that the loop watches.</summary>
internal interface IPollable
{
    int Fd { get; }

    /// <summary><see cref="PollSource.In"/> or <see cref="PollSource.Out"/>; 0 to be left alone, hang-ups included.</summary>
    short Events { get; }

    void OnReady();
}

/// <summary>
/// One thread that owns every process, pipe and timer of the sandbox, so that none of their state needs a lock.
/// Other threads hand it work with <see cref="Post"/>.
/// </summary>
internal sealed unsafe class EventLoop
{
    private readonly ConcurrentQueue<Action> posted = new();
    private readonly List<IPollable> sources = [];
    private readonly PriorityQueue<LoopTimer, long> timers = new();
    private readonly int wake = Libc.EventFd();
    private PollSource[] polled = new PollSource[8];
    private IPollable[] ready = new IPollable[8];
    private long? heldSince;
    private long heldBefore;

    /// <summary>Milliseconds of a clock that nobody can set.</summary>
    public static long Now => Environment.TickCount64;

    public void Post(Action work)
    {
        posted.Enqueue(work);
        ulong one = 1;
        _ = Libc.Write(wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Runs work on the loop and completes with its result.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception failure)
            {
                completion.SetException(failure);
            }
        });
        return completion.Task;
    }

    public void Watch(IPollable source) => sources.Add(source);

    public void Forget(IPollable source) => sources.Remove(source);

    /// <summary>
    /// Lets timers stand still, or go on with what was left of them. A sandbox may be saved in between: when it is restored, be
    /// it days later, the clock has gone on.
    /// </summary>
    public Task<bool> HoldTimers(bool hold) => Run(() =>
    {
        if (!hold && heldSince is { } since)
            heldBefore += Now - since;
        heldSince = hold ? heldSince ?? Now : null;
        return hold;
    });

    /// <summary>Runs an action once, on the loop.</summary>
    public LoopTimer After(double milliseconds, Action action)
    {
        long due = TimerNow + (long)Math.Min(Math.Ceiling(milliseconds), int.MaxValue * 1000d);
        var timer = new LoopTimer(action);
        timers.Enqueue(timer, due);
        return timer;
    }

    /// <summary>Takes a timer back, where there is one and it has not run.</summary>
    public void Cancel(LoopTimer? timer)
    {
        if (timer is not null)
            timers.Remove(timer, out _, out _);
    }

    public void RunForever()
    {
        while (true)
        {
            int count = CollectSources();
            fixed (PollSource* array = polled)
                _ = Libc.Poll(array, count, NextTimeout());
            if (polled[0].Returned != 0)
                RunPosted();
            for (int i = 1; i < count; i++)
            {
                // A source may have been forgotten, or have changed its mind, because of one before it.
                if (polled[i].Returned != 0 && ready[i].Fd == polled[i].Fd && ready[i].Events != 0)
                    ready[i].OnReady();
            }

            RunTimers();
        }
    }

    private int CollectSources()
    {
        if (polled.Length < sources.Count + 1)
        {
            Array.Resize(ref polled, (sources.Count + 1) * 2);
            Array.Resize(ref ready, polled.Length);
        }

        Array.Clear(ready);
        polled[0] = new PollSource { Fd = wake, Events = PollSource.In };
        int count = 1;
        foreach (IPollable source in CollectionsMarshal.AsSpan(sources))
        {
            if (source.Events == 0)
                continue;
            ready[count] = source;
            polled[count++] = new PollSource { Fd = source.Fd, Events = source.Events };
        }

        return count;
    }

    // The clock that timers are due by.
    private long TimerNow => (heldSince ?? Now) - heldBefore;

    private int NextTimeout() =>
        heldSince is null && timers.TryPeek(out _, out long due) ? (int)Math.Clamp(due - TimerNow, 0, int.MaxValue) : -1;

    private void RunPosted()
    {
        ulong count;
        _ = Libc.Read(wake, (byte*)&count, sizeof(ulong));
        while (posted.TryDequeue(out Action? work))
            work();
    }

    private void RunTimers()
    {
        if (heldSince is not null)
            return;
        long now = TimerNow;
        while (timers.TryPeek(out LoopTimer? timer, out long due) && due <= now)
        {
            timers.Dequeue();
            timer.Action();
        }
    }
}

/// <summary>Something that the loop does later.</summary>
internal sealed class LoopTimer(Action action)
{
    public Action Action { get; } = action;
}
