namespace Sandbox.Cli.Sessions;

/// <summary>Finds the key that leaves a terminal, Ctrl-], in what is typed. What is pasted may have it, too: it leaves as well.</summary>
internal static class TerminalKeys
{
    public const byte Detach = 0x1d;

    /// <summary>What a terminal takes for the end of input, when nobody types any more.</summary>
    public const byte EndOfInput = 0x04;

    /// <summary>The bytes before the key, and whether it was there.</summary>
    public static (ReadOnlyMemory<byte> Typed, bool Detached) Split(ReadOnlyMemory<byte> bytes)
    {
        var at = bytes.Span.IndexOf(Detach);
        return at < 0 ? (bytes, false) : (bytes[..at], true);
    }
}
