using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Secrets;

/// <summary>The value of a secret: from a file, from standard input, or typed without being seen. Never from the command line, which others can read.</summary>
internal static class SecretInput
{
    private const byte Interrupt = 3;
    private const byte EndOfInput = 4;
    private const byte Backspace = 8;
    private const byte Delete = 127;

    /// <summary>Reads it.</summary>
    /// <param name="file">The file, whose bytes are the value; null or - for standard input, of which one line break at the end is none.</param>
    /// <param name="console">The streams.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<byte[]> Read(string? file, CliConsole console, CancellationToken cancellationToken)
    {
        if (file is not (null or TextInput.Standard))
        {
            await using var opened = TextInput.Open(file);
            return await ReadAll(opened, cancellationToken);
        }

        using var terminal = file is null ? RawTerminal.Enter() : null;
        if (terminal is null)
            return WithoutLineBreak(await ReadAll(console.Input, cancellationToken));
        await console.ErrorText.WriteAsync("Value: ");
        try
        {
            return await ReadKeys(terminal.Keys, cancellationToken);
        }
        finally
        {
            await console.ErrorText.WriteAsync("\r\n");
        }
    }

    /// <summary>What was typed up to the end of the line.</summary>
    /// <exception cref="CliException">It was broken off.</exception>
    public static async Task<byte[]> ReadKeys(Stream keys, CancellationToken cancellationToken)
    {
        var typed = new List<byte>();
        var key = new byte[1];
        while (await keys.ReadAsync(key, cancellationToken) == 1)
        {
            switch (key[0])
            {
                case (byte)'\r' or (byte)'\n' or EndOfInput:
                    return [.. typed];
                case Interrupt:
                    throw new CliException("nothing was stored.");
                case Backspace or Delete:
                    RemoveLast(typed);
                    break;
                default:
                    typed.Add(key[0]);
                    break;
            }
        }

        return [.. typed];
    }

    // A character of several bytes goes as a whole.
    private static void RemoveLast(List<byte> typed)
    {
        while (typed.Count > 0)
        {
            var last = typed[^1];
            typed.RemoveAt(typed.Count - 1);
            if ((last & 0xC0) != 0x80)
                return;
        }
    }

    private static async Task<byte[]> ReadAll(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    private static byte[] WithoutLineBreak(byte[] value) => value switch
    {
        [.. var line, (byte)'\r', (byte)'\n'] => line,
        [.. var line, (byte)'\n'] => line,
        _ => value,
    };
}
