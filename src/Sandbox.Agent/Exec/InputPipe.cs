using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Exec;

/// <summary>
/// Feeds bytes to a program as fast as it takes them, and then ends its input. A program that does not read, or has
/// closed its input, holds nothing up.
/// </summary>
internal sealed unsafe class InputPipe : IPollable
{
    private readonly EventLoop loop;
    private readonly Action<int> end;
    private readonly Queue<ReadOnlyMemory<byte>> pending;
    private int offset;

    /// <param name="loop">The loop that writes.</param>
    /// <param name="fd">The agent's end.</param>
    /// <param name="segments">What to write.</param>
    /// <param name="end">What to do with the descriptor when all is written.</param>
    public InputPipe(EventLoop loop, int fd, IEnumerable<ReadOnlyMemory<byte>> segments, Action<int> end)
    {
        this.loop = loop;
        this.end = end;
        Fd = fd;
        pending = new Queue<ReadOnlyMemory<byte>>(segments);
        loop.Watch(this);
        OnReady();
    }

    public int Fd { get; private set; }

    public short Events => Fd >= 0 ? PollSource.Out : (short)0;

    public void OnReady()
    {
        while (pending.TryPeek(out ReadOnlyMemory<byte> segment))
        {
            int put = offset == segment.Length ? 0 : Put(segment.Span[offset..]);
            if (put == -Errno.Again)
                return;
            if (put < 0)
                break;
            offset += put;
            if (offset < segment.Length)
                continue;
            pending.Dequeue();
            offset = 0;
        }

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
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
            return Libc.Write(Fd, source, bytes.Length);
    }
}
