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
/// <param name="loop">The loop that reads.</param>
/// <param name="fd">The agent's end.</param>
/// <param name="stream">Which stream it is.</param>
/// <param name="sink">Where it goes.</param>
/// <param name="end">What to do with the descriptor when reading is over.</param>
internal sealed unsafe class OutputPipe(EventLoop loop, int fd, OutputStream stream, IOutputSink sink, Action<int> end) : IPollable
{
    /// <summary>Less than a chunk by what may be held back from the read before.</summary>
    private const int MostPerRead = Protocol.Framing.OutputFrame.MaxDataBytes - Utf8Boundary.MaxHeld;

    // Only the loop reads: one buffer serves every pipe.
    private static readonly byte[] Buffer = new byte[Protocol.Framing.OutputFrame.MaxDataBytes];

    private readonly byte[] tail = new byte[Utf8Boundary.MaxHeld];
    private int tailLength;
    private int left = int.MaxValue;

    public int Fd { get; private set; } = fd;

    public bool Ended => Fd < 0;

    public short Events => !Ended && sink.Room > Utf8Boundary.MaxHeld ? PollSource.In : (short)0;

    public void OnReady()
    {
        int most = Math.Min(Math.Min(MostPerRead, left), sink.Room - Utf8Boundary.MaxHeld);
        tail.AsSpan(0, tailLength).CopyTo(Buffer);
        int got;
        fixed (byte* target = Buffer)
            got = Libc.Read(Fd, target + tailLength, most);
        if (got > 0)
            Deliver(got);
        else if (got != -Errno.Again || IsEnding)
            End();
    }

    /// <summary>From now on only what the program has written already is read.</summary>
    public void EndWithWhatIsThere()
    {
        left = Ended ? 0 : Math.Max(0, Libc.Available(Fd));
        ReadWhatIsThere();
    }

    /// <summary>Goes on with that, as far as there is room. Not by the poll: what is there can be less than it was.</summary>
    public void ReadWhatIsThere()
    {
        while (left > 0 && Events != 0)
            OnReady();
        if (left == 0)
            End();
    }

    /// <summary>Stops reading; what was held back is delivered.</summary>
    public void End()
    {
        if (Ended)
            return;
        int open = Fd;
        loop.Forget(this);
        Fd = -1;
        end(open);
        if (tailLength > 0)
            sink.OnData(stream, tail.AsSpan(0, tailLength));
        tailLength = 0;
        sink.OnEnd(stream);
    }

    private bool IsEnding => left != int.MaxValue;

    private void Deliver(int got)
    {
        ReadOnlySpan<byte> bytes = Buffer.AsSpan(0, tailLength + got);
        tailLength = Utf8Boundary.IncompleteTail(bytes);
        bytes[^tailLength..].CopyTo(tail);
        if (IsEnding)
            left -= got;
        sink.OnData(stream, bytes[..^tailLength]);
    }
}
