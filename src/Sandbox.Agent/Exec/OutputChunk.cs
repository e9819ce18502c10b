using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>A numbered piece of output. It grows until somebody reads it; from then on it never changes.</summary>
internal sealed class OutputChunk(long sequence, OutputStream stream, ReadOnlySpan<byte> data)
{
    /// <summary>What a chunk costs besides its bytes, so that many small ones are bounded too.</summary>
    public const int Overhead = 96;

    private byte[] buffer = data.ToArray();
    private int length = data.Length;
    private bool isSealed;

    public long Sequence => sequence;

    public OutputStream Stream => stream;

    public int Cost => buffer.Length + Overhead;

    public ReadOnlyMemory<byte> Data => buffer.AsMemory(0, length);

    public void Seal() => isSealed = true;

    /// <summary>Adds bytes where the chunk may still grow that far.</summary>
    public bool TryAppend(OutputStream other, ReadOnlySpan<byte> more, int longest)
    {
        if (isSealed || other != stream || length + more.Length > longest)
            return false;
        if (length + more.Length > buffer.Length)
            Array.Resize(ref buffer, Math.Min(longest, Math.Max(length + more.Length, buffer.Length * 2)));
        more.CopyTo(buffer.AsSpan(length));
        length += more.Length;
        return true;
    }
}
