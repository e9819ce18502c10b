namespace Sandbox.Grains.Output;

/// <summary>
/// Numbering of a job's events: the attempt in the upper 32 bits, the agent's sequence in the lower. The agent numbers its
/// output once, so that the same piece has the same id whoever reads it, before or after a crash of the server. Events
/// about the state are derived from it and stand before and behind the output of their attempt.
/// </summary>
internal static class OutputEventIds
{
    private const long AfterOutput = 0xFFFF_FFFE;
    private const long Last = 0xFFFF_FFFF;

    /// <summary>The job was accepted.</summary>
    public const long Submitted = 1;

    /// <summary>An attempt started.</summary>
    public static long Started(int attempt) => (long)attempt << 32;

    /// <summary>A piece of output.</summary>
    public static long Output(int attempt, long sequence) => ((long)attempt << 32) + Math.Min(sequence, AfterOutput - 1);

    /// <summary>The attempt was lost and the job waits again.</summary>
    public static long Requeued(int attempt) => ((long)attempt << 32) + AfterOutput;

    /// <summary>The job ended.</summary>
    public static long Ended(int attempt) => ((long)attempt << 32) + Last;

    /// <summary>The attempt that an event belongs to.</summary>
    public static int AttemptOf(long id) => (int)(id >> 32);

    /// <summary>The agent's sequence of a piece of output.</summary>
    public static long SequenceOf(long id) => id & Last;
}
