using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Cli.Terminal;

/// <summary>
/// The process's streams and variables. Program output goes to <see cref="Output"/> and <see cref="Errors"/> as raw
/// bytes; text of the CLI itself goes through the writers.
/// </summary>
internal sealed class CliConsole
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public CliConsole(
        Stream input,
        Stream output,
        Stream errors,
        IReadOnlyDictionary<string, string> environment,
        bool outputIsTerminal = false,
        bool errorsAreTerminal = false)
    {
        Input = input;
        Output = output;
        Errors = errors;
        Environment = environment;
        ErrorsAreTerminal = errorsAreTerminal;
        Text = new StreamWriter(output, s_utf8) { AutoFlush = true };
        ErrorText = new StreamWriter(errors, s_utf8) { AutoFlush = true };
        var colour = !environment.TryGetValue("NO_COLOR", out var no) || no.Length == 0;
        TextStyle = new Style(colour && outputIsTerminal);
        ErrorStyle = new Style(colour && errorsAreTerminal);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Errors { get; }

    public TextWriter Text { get; }

    public TextWriter ErrorText { get; }

    public Style TextStyle { get; }

    public Style ErrorStyle { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Whether somebody sees a line that changes.</summary>
    public bool ErrorsAreTerminal { get; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliConsole OfProcess() => new(
        Console.OpenStandardInput(),
        OpenOutput(1, Console.OpenStandardOutput),
        OpenOutput(2, Console.OpenStandardError),
        System.Environment.GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty),
        !Console.IsOutputRedirected,
        !Console.IsErrorRedirected);

    /// <summary>Follows what the command line says of colours.</summary>
    /// <param name="when">always, never, or auto and null for what the terminal and NO_COLOR say.</param>
    public void Colour(string? when)
    {
        if (when is "always" or "never")
            TextStyle.Enabled = ErrorStyle.Enabled = when == "always";
    }

    /// <summary>One line about a failure or a notice, told apart from the program's own error output by its prefix.</summary>
    public void Tell(string message) => ErrorText.WriteLine(ErrorStyle.Red("sandbox:") + " " + Printable.Text(message));

    /// <summary>
    /// The console's own stream keeps quiet about a reader that has gone, so that `sandbox run … | head` would run on.
    /// A plain one reports it, but is right only where there is no file position to share with other processes.
    /// </summary>
    private static Stream OpenOutput(int descriptor, Func<Stream> openConsole)
    {
        try
        {
            var plain = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return plain.CanSeek ? openConsole() : plain;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return openConsole();
        }
    }

    /// <summary>Says, beside a page of a list, how to get the next one; nothing on the last.</summary>
    public void TellOfMore(string? cursor)
    {
        if (cursor is not null)
            ErrorText.WriteLine(ErrorStyle.Faint($"There are more: --cursor {Printable.Line(cursor)}"));
    }
}
