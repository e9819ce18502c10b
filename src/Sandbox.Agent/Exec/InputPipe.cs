using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Exec;

/// <summary>
/// Feeds bytes to a program as fast as it takes them, and ends its input after the last. A program that does not read, or
/// has closed its input, holds nothing up: what it has not taken is bounded, and whoever has more for it waits.
/// </summary>
internal sealed unsafe class InputPipe : IPollable
{
    /// <summary>Most bytes that wait for the program before no more are taken.</summary>
    public const int Capacity = 64 * 1024;

    private readonly EventLoop loop;
    private readonly Action<int> end;
    private readonly Queue<ReadOnlyMemory<byte>> pending;
    private int offset;
    private long waiting;
    private bool keptOpen;
    private TaskCompletionSource? roomMade;

    /// <param name="loop">The loop that writes.</param>
    /// <param name="fd">The agent's end.</param>
    /// <param name="segments">What to write first.</param>
    /// <param name="keepOpen">Whether more may come: then <see cref="CloseWhenWritten"/> ends the input, and not the last segment.</param>
    /// <param name="end">What to do with the descriptor when all is written.</param>
    public InputPipe(EventLoop loop, int fd, IEnumerable<ReadOnlyMemory<byte>> segments, bool keepOpen, Action<int> end)
    {
        this.loop = loop;
        this.end = end;
        Fd = fd;
        keptOpen = keepOpen;
        pending = new Queue<ReadOnlyMemory<byte>>(segments);
        Taken = waiting = pending.Sum(segment => (long)segment.Length);
        loop.Watch(this);
        OnReady();
    }

    public int Fd { get; private set; }

    /// <summary>Bytes taken so far, whether the program has read them or not.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether more can be given.</summary>
    public bool IsOpen => Fd >= 0 && keptOpen;

    /// <summary>One who gives bytes at a time; the others wait here.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public short Events => Fd >= 0 && pending.Count > 0 ? PollSource.Out : (short)0;

    /// <summary>Takes as many bytes as there is room for, and says how many; and what to wait for where that was not all.</summary>
    public (int Count, Task? Room) Take(ReadOnlyMemory<byte> bytes)
    {
        int count = (int)Math.Min(bytes.Length, Math.Max(0, Capacity - waiting));
        if (count > 0)
        {
            // A copy: what arrives in large pieces must not stay as a whole for the little of it that waits.
            pending.Enqueue(bytes[..count].ToArray());
            Taken += count;
            waiting += count;
            OnReady();
        }

        if (count == bytes.Length)
            return (count, null);
        if (waiting < Capacity || Fd < 0)
            return (count, Task.CompletedTask);
        roomMade ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (count, roomMade.Task);
    }

    /// <summary>Ends the input after what was taken.</summary>
    public void CloseWhenWritten()
    {
        keptOpen = false;
        OnReady();
    }

    public void OnReady()
    {
        while (Fd >= 0 && pending.TryPeek(out ReadOnlyMemory<byte> segment))
        {
            int put = offset == segment.Length ? 0 : Put(segment.Span[offset..]);
            if (put == -Errno.Again)
                return;
            if (put < 0)
            {
                End();
                return;
            }

            Advance(segment, put);
        }

        if (!keptOpen)
            End();
    }

    public void End()
    {
        if (Fd < 0)
            return;
        int fd = Fd;
        Fd = -1;
        pending.Clear();
        loop.Forget(this);
        end(fd);
        TellRoom();
    }

    private void Advance(ReadOnlyMemory<byte> segment, int put)
    {
        offset += put;
        waiting -= put;
        if (offset == segment.Length)
        {
            pending.Dequeue();
            offset = 0;
        }

        if (waiting <= Capacity / 2)
            TellRoom();
    }

    private void TellRoom()
    {
        roomMade?.SetResult();
        roomMade = null;
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
            return Libc.Write(Fd, source, bytes.Length);
    }
}
