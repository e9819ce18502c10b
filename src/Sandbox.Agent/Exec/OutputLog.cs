using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Exec;

/// <summary>
/// The numbered output of one execution, kept until the host has acknowledged it and bounded: when it is full, the
/// program is not read from any more. Written by the loop, read by connections.
/// </summary>
internal sealed class OutputLog
{
    /// <summary>Most bytes that are kept unacknowledged.</summary>
    public const int Capacity = 1 << 20;

    private readonly Lock gate = new();
    private readonly LinkedList<OutputChunk> chunks = [];
    private TaskCompletionSource changed = NewSignal();
    private long lastSequence;
    private int held;
    private int reader;

    /// <summary>Called, from any thread, when a log that was full has room again.</summary>
    public Action? RoomMade { get; set; }

    /// <summary>How the execution ended; null while it runs.</summary>
    public ExecResult? Result { get; private set; }

    /// <summary>Bytes that may be appended now without going over the bound.</summary>
    public int Room
    {
        get
        {
            lock (gate)
                return Math.Max(0, Capacity - held - OutputChunk.Overhead);
        }
    }

    /// <summary>What the log costs in memory.</summary>
    public int Held
    {
        get
        {
            lock (gate)
                return held;
        }
    }

    public void Append(OutputStream stream, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        lock (gate)
        {
            if (chunks.Last is { Value: OutputChunk last })
            {
                int before = last.Cost;
                if (last.TryAppend(stream, data, OutputFrame.MaxDataBytes))
                {
                    held += last.Cost - before;
                    return;
                }
            }

            var chunk = new OutputChunk(++lastSequence, stream, data);
            chunks.AddLast(chunk);
            held += chunk.Cost;
            Signal();
        }
    }

    public void Complete(ExecResult result)
    {
        lock (gate)
        {
            Result = result;
            RoomMade = null;
            Signal();
        }
    }

    /// <summary>Forgets everything up to a sequence.</summary>
    public void Acknowledge(long sequence)
    {
        bool wasFull;
        lock (gate)
        {
            wasFull = held + OutputChunk.Overhead >= Capacity / 2;
            while (chunks.First is { } first && first.Value.Sequence <= sequence)
            {
                held -= first.Value.Cost;
                chunks.RemoveFirst();
            }
        }

        if (wasFull)
            RoomMade?.Invoke();
    }

    /// <summary>Makes the caller the one reader; whoever was it before is told so by <see cref="Next"/>.</summary>
    public int Attach()
    {
        lock (gate)
        {
            reader++;
            Signal();
            return reader;
        }
    }

    /// <summary>Ends reading, unless another reader has taken over.</summary>
    public void Detach(int attached)
    {
        lock (gate)
        {
            if (reader != attached)
                return;
            reader++;
            Signal();
        }
    }

    /// <summary>The first chunk above a sequence; null when the execution has ended and there is none.</summary>
    /// <exception cref="OperationCanceledException">The caller is not the reader any more.</exception>
    public async ValueTask<OutputChunk?> Next(int attached, long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (reader != attached)
                    throw new OperationCanceledException();
                if (Find(after) is { } found)
                {
                    found.Seal();
                    return found;
                }

                if (Result is not null)
                    return null;
                wait = changed.Task;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    // Unacknowledged chunks are few, and a reader is nearly always at the newest.
    private OutputChunk? Find(long after)
    {
        if (after >= lastSequence)
            return null;
        LinkedListNode<OutputChunk>? node = chunks.Last;
        while (node?.Previous is { } previous && previous.Value.Sequence > after)
            node = previous;
        return node?.Value.Sequence > after ? node.Value : null;
    }

    private void Signal()
    {
        TaskCompletionSource previous = changed;
        changed = NewSignal();
        previous.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
