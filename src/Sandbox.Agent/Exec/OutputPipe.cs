using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>What an <see cref="OutputPipe"/> reads into.</summary>
internal interface IOutputSink
{
    /// <summary>How many bytes may be read now; 0 to wait.</summary>
    int Room { get; }

    void OnData(OutputStream stream, ReadOnlySpan<byte> data);

    void OnEnd(OutputStream stream);
}

/// <summary>
/// The agent's end of a program's standard output or error. Cuts between UTF-8 characters: up to three bytes that may
/// become a character wait for the next read, and nothing else ever waits.
/// </summary>
internal sealed unsafe class OutputPipe(EventLoop loop, int fd, OutputStream stream, IOutputSink sink) : IPollable
{
    /// <summary>Less than a chunk by what may be held back from the read before.</summary>
    private const int MostPerRead = Protocol.Framing.OutputFrame.MaxDataBytes - Utf8Boundary.MaxHeld;

    // Only the loop reads: one buffer serves every pipe.
    private static readonly byte[] Buffer = new byte[Protocol.Framing.OutputFrame.MaxDataBytes];

    private readonly byte[] tail = new byte[Utf8Boundary.MaxHeld];
    private int tailLength;

    public int Fd { get; private set; } = fd;

    public bool Ended => Fd < 0;

    public short Events => !Ended && sink.Room > Utf8Boundary.MaxHeld ? PollSource.In : (short)0;

    public void OnReady()
    {
        int most = Math.Min(MostPerRead, sink.Room - Utf8Boundary.MaxHeld);
        tail.AsSpan(0, tailLength).CopyTo(Buffer);
        int got;
        fixed (byte* target = Buffer)
            got = Libc.Read(Fd, target + tailLength, most);
        if (got > 0)
            Deliver(Buffer.AsSpan(0, tailLength + got));
        else if (got != -Errno.Again)
            End();
    }

    /// <summary>Stops reading; what was held back is delivered.</summary>
    public void End()
    {
        if (Ended)
            return;
        loop.Forget(this);
        _ = Libc.Close(Fd);
        Fd = -1;
        if (tailLength > 0)
            sink.OnData(stream, tail.AsSpan(0, tailLength));
        tailLength = 0;
        sink.OnEnd(stream);
    }

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        tailLength = Utf8Boundary.IncompleteTail(bytes);
        bytes[^tailLength..].CopyTo(tail);
        sink.OnData(stream, bytes[..^tailLength]);
    }
}
