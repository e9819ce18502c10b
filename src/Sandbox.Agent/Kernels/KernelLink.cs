using Sandbox.Agent.Exec;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Kernels;

/// <summary>What a <see cref="KernelLink"/> tells a step.</summary>
internal interface IStepMessages
{
    /// <summary>False to have the link left unread, so that the kernel waits.</summary>
    bool HasRoom { get; }

    /// <summary>Messages are about to be read: what was written to the pipes before them comes first.</summary>
    void BeforeMessages();

    /// <summary>A line of rich output, without its end.</summary>
    void OnRich(ReadOnlySpan<byte> line);

    /// <summary>The kernel says that the step is over.</summary>
    void OnDone(int exitCode);

    /// <summary>All that was read has been told.</summary>
    void AfterMessages();
}

/// <summary>
/// The agent's end of a kernel's descriptor 3. What comes from there may be anything, because code that the kernel runs
/// can write to it: lines are bounded, what is kept of them is bounded, and what is not understood is ignored.
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
    private IStepMessages? step;
    private string stepId = "";
    private bool hasSteps;
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

    /// <summary>Between steps nothing is read: what comes then belongs to the next one.</summary>
    public short Events => Fd >= 0 && (!hasSteps || step is { HasRoom: true }) ? PollSource.In : (short)0;

    /// <summary>Sends a job, as the kernel takes it, and then ends the kernel's input.</summary>
    public void SendJob(IReadOnlyList<ReadOnlyMemory<byte>> pieces) =>
        request = new InputPipe(loop, Fd, pieces, keepOpen: false, fd => _ = Libc.ShutdownWrite(fd));

    /// <summary>Passes the first result on; later ones are ignored.</summary>
    public void ReceiveResult(ResultHandler handler) => result = handler;

    /// <summary>Sends a step, as the kernel takes it; from now on messages go to it.</summary>
    public void BeginStep(string id, IReadOnlyList<ReadOnlyMemory<byte>> pieces, IStepMessages receiver)
    {
        hasSteps = true;
        messages.MostLineBytes = ExecLimits.MaxRichBytes;
        messages.Skipped = OnSkipped;
        stepId = id;
        step = receiver;
        if (Fd >= 0)
            request = new InputPipe(loop, Fd, pieces, keepOpen: false, _ => { });
    }

    /// <summary>The step that began last is over.</summary>
    public void EndStep() => step = null;

    public void OnReady()
    {
        step?.BeforeMessages();
        int got = ReadOnce();
        if (got != -Errno.Again && (got <= 0 || (!hasSteps && total > MostTotalBytes)))
            CloseNow();
        step?.AfterMessages();
    }

    /// <summary>Takes what the program had still sent and closes.</summary>
    public void Close()
    {
        if (hasSteps)
            total = 0;
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
            total = (int)Math.Min((long)total + got, int.MaxValue);
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
        else if (step is { } running)
        {
            OnStepMessage(running, kind, value);
        }
        else if (kind == KernelMessageKind.Result && result is { } handler)
        {
            result = null;
            handler(value);
        }
    }

    private void OnStepMessage(IStepMessages running, KernelMessageKind kind, ReadOnlySpan<byte> value)
    {
        if (kind == KernelMessageKind.Rich)
            running.OnRich(value);
        // Who has not read all of its request cannot have done it.
        else if (kind == KernelMessageKind.Done && request is not { Fd: >= 0 } && KernelMessage.IsEndOf(stepId, value, out int exitCode))
            running.OnDone(exitCode);
    }

    private void OnSkipped() => step?.OnRich("""{"type":"display","data":{"text/plain":"(output too large)"}}"""u8);

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
