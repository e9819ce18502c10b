using System.Text;
using Sandbox.Cli.Server;

namespace Sandbox.Cli.Terminal;

/// <summary>Text that a command line names: a file, or standard input.</summary>
internal static class TextInput
{
    /// <summary>The name of standard input.</summary>
    public const string Standard = "-";

    /// <summary>Reads it whole; what is not UTF-8 is refused.</summary>
    public static async Task<string> Read(string file, CliConsole console, CancellationToken cancellationToken)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(file == Standard ? console.Input : Open(file), strict, detectEncodingFromByteOrderMarks: false);
        try
        {
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            throw new CliException($"{(file == Standard ? "standard input" : file)} is not UTF-8 text. Send binary data as a file.");
        }
    }

    /// <summary>Opens a file to read, in words where that fails.</summary>
    public static FileStream Open(string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file} cannot be read: {e.Message}");
        }
    }
}
