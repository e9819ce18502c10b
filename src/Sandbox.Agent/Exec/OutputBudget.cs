using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>Counts the output of an execution against its limit: exactly the limit is kept.</summary>
internal sealed class OutputBudget(long limit)
{
    private long kept;
    private bool richLeftOut;

    public long StdoutBytes { get; private set; }

    public long StderrBytes { get; private set; }

    public bool StdoutTruncated { get; private set; }

    public bool StderrTruncated { get; private set; }

    /// <summary>True once something was cut or left out.</summary>
    public bool Exceeded => StdoutTruncated || StderrTruncated || richLeftOut;

    /// <summary>Counts bytes that were read and says how many of them are to be kept.</summary>
    public int Take(OutputStream stream, int length)
    {
        int keep = (int)Math.Min(length, limit - kept);
        kept += keep;
        if (stream == OutputStream.Stdout)
        {
            StdoutBytes += length;
            StdoutTruncated |= keep < length;
        }
        else
        {
            StderrBytes += length;
            StderrTruncated |= keep < length;
        }

        return keep;
    }

    /// <summary>Counts a message of rich output; false when there is no room for all of it, because a part is of no use.</summary>
    public bool TakeRich(int length)
    {
        richLeftOut |= length > limit - kept;
        if (!richLeftOut)
            kept += length;
        return !richLeftOut;
    }
}
