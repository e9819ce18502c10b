using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>Counts the output of an execution against its limit: exactly the limit is kept.</summary>
internal sealed class OutputBudget(long limit)
{
    private long kept;

    public long StdoutBytes { get; private set; }

    public long StderrBytes { get; private set; }

    public bool StdoutTruncated { get; private set; }

    public bool StderrTruncated { get; private set; }

    /// <summary>True once something was cut.</summary>
    public bool Exceeded => StdoutTruncated || StderrTruncated;

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
}
