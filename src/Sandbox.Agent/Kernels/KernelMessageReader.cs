using Sandbox.Protocol;

namespace Sandbox.Agent.Kernels;

/// <summary>
/// Reads a kernel's messages, a line of JSON each (<see cref="KernelMessage"/>). Lines are bounded, and what is not understood
/// is ignored.
/// </summary>
internal sealed class KernelMessageReader
{
    /// <summary>Longest line of a job: a result and what is around it.</summary>
    public const int JobLineBytes = ExecLimits.MaxResultBytes + 256;

    private byte[] line = [];
    private int length;
    private bool skipping;

    public delegate void Handler(KernelMessageKind kind, ReadOnlySpan<byte> value);

    /// <summary>Longest line that is read, in bytes; a longer one is skipped.</summary>
    public int MostLineBytes { get; set; } = JobLineBytes;

    /// <summary>Called at the end of a line that was skipped.</summary>
    public Action? Skipped { get; set; }

    public void Add(ReadOnlySpan<byte> bytes, Handler handler)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            Keep(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                return;
            EndLine(handler);
            bytes = bytes[(end + 1)..];
        }
    }

    private void EndLine(Handler handler)
    {
        if (skipping)
            Skipped?.Invoke();
        else if (KernelMessage.TryParse(line.AsSpan(0, length), out KernelMessageKind kind, out ReadOnlySpan<byte> value))
            handler(kind, value);
        skipping = false;
        length = 0;
        // A plot of megabytes is the exception.
        if (line.Length > JobLineBytes)
            line = [];
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (skipping || length + part.Length > MostLineBytes)
        {
            skipping = true;
            line = [];
            length = 0;
            return;
        }

        if (length + part.Length > line.Length)
            Array.Resize(ref line, Math.Max(length + part.Length, Math.Min(MostLineBytes, line.Length * 2)));
        part.CopyTo(line.AsSpan(length));
        length += part.Length;
    }
}
