namespace Sandbox.Agent.Exec;

/// <summary>Where bytes can be cut without cutting a UTF-8 character.</summary>
internal static class Utf8Boundary
{
    /// <summary>Most bytes that are ever held back: a character of four less one.</summary>
    public const int MaxHeld = 3;

    /// <summary>
    /// Length of an incomplete character at the end: bytes that more bytes could complete. Bytes that can become no
    /// character whatever follows are not held.
    /// </summary>
    public static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(MaxHeld, bytes.Length); back++)
        {
            byte candidate = bytes[^back];
            if ((candidate & 0xC0) == 0x80)
                continue;
            return LengthOf(candidate) > back ? back : 0;
        }

        return 0;
    }

    private static int LengthOf(byte lead) => lead switch
    {
        >= 0xC2 and <= 0xDF => 2,
        >= 0xE0 and <= 0xEF => 3,
        >= 0xF0 and <= 0xF4 => 4,
        _ => 1,
    };
}
