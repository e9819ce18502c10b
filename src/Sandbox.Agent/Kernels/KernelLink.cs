using Sandbox.Agent.Exec;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Kernels;

/// <summary>
/// The agent's end of a kernel's descriptor 3. What comes from there may be anything, because code that the kernel runs
/// can write to it: lines are bounded, all of it together is bounded, and what is not understood is ignored.
/// </summary>
internal sealed unsafe class KernelLink : IPollable
{
    private const int MostTotalBytes = 8 << 20;
    private const int ReadBytes = 16 * 1024;

    private readonly EventLoop loop;
    private readonly KernelMessageReader messages = new();
    private Action? ready;
    private ResultHandler? result;
    private InputPipe? request;
    private int total;

    public KernelLink(EventLoop loop, int fd, Action ready)
    {
        this.loop = loop;
        this.ready = ready;
        Fd = fd;
        loop.Watch(this);
    }

    public delegate void ResultHandler(ReadOnlySpan<byte> json);

    public int Fd { get; private set; }

    public short Events => Fd >= 0 ? PollSource.In : (short)0;

    /// <summary>Sends what to run, as the kernel takes it, and then ends the kernel's input.</summary>
    public void Send(IReadOnlyList<ReadOnlyMemory<byte>> segments) =>
        request = new InputPipe(loop, Fd, segments, fd => _ = Libc.ShutdownWrite(fd));

    /// <summary>Passes the first result on; later ones are ignored.</summary>
    public void ReceiveResult(ResultHandler handler) => result = handler;

    public void OnReady()
    {
        int got = ReadOnce();
        if (got != -Errno.Again && (got <= 0 || total > MostTotalBytes))
            CloseNow();
    }

    /// <summary>Takes what the program had still sent and closes.</summary>
    public void Close()
    {
        while (Fd >= 0 && total <= MostTotalBytes && ReadOnce() > 0)
        {
        }

        CloseNow();
    }

    private int ReadOnce()
    {
        byte* buffer = stackalloc byte[ReadBytes];
        int got = Libc.Read(Fd, buffer, ReadBytes);
        if (got > 0)
        {
            total += got;
            messages.Add(new ReadOnlySpan<byte>(buffer, got), OnMessage);
        }

        return got;
    }

    private void OnMessage(KernelMessageKind kind, ReadOnlySpan<byte> value)
    {
        if (kind == KernelMessageKind.Ready)
        {
            Action? once = ready;
            ready = null;
            once?.Invoke();
        }
        else if (result is { } handler)
        {
            result = null;
            handler(value);
        }
    }

    private void CloseNow()
    {
        if (Fd < 0)
            return;
        request?.End();
        loop.Forget(this);
        _ = Libc.Close(Fd);
        Fd = -1;
    }
}
