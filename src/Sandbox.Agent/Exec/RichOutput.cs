using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Exec;

/// <summary>
/// Rich output of a step on its way into the log. A line may be longer than the log has room for: it goes there in pieces,
/// as the host acknowledges what came before.
/// </summary>
internal sealed class RichOutput(OutputLog log, OutputBudget budget)
{
    private readonly Queue<byte[]> lines = new();
    private int offset;

    /// <summary>True when all of it is in the log.</summary>
    public bool IsEmpty => lines.Count == 0;

    /// <summary>Takes a line, all of it or nothing.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (!budget.TakeRich(line.Length + 1))
            return;
        lines.Enqueue([.. line, (byte)'\n']);
        Move();
    }

    /// <summary>Puts as much into the log as there is room for.</summary>
    public void Move()
    {
        while (lines.TryPeek(out byte[]? line) && log.Room > Utf8Boundary.MaxHeld)
        {
            int most = Math.Min(OutputFrame.MaxDataBytes, log.Room);
            ReadOnlySpan<byte> piece = line.AsSpan(offset, Math.Min(line.Length - offset, most));
            piece = piece[..^Utf8Boundary.IncompleteTail(piece)];
            log.Append(OutputStream.Rich, piece);
            offset += piece.Length;
            if (offset < line.Length)
                continue;
            lines.Dequeue();
            offset = 0;
        }
    }
}
