using System.Globalization;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Background commands as people read them.</summary>
internal static class CommandTable
{
    private const int StatusColumn = 1;
    private static readonly string[] s_headings = ["NUMBER", "STATUS", "EXIT", "TERMINAL", "OUTPUT", "CREATED", "COMMAND"];

    public static void Write(CliConsole console, IReadOnlyList<BackgroundCommand> commands) =>
        TextTable.Write(console, s_headings, [.. commands.Select(Row)], StatusColumn);

    private static string[] Row(BackgroundCommand command) =>
    [
        command.Number.ToString(CultureInfo.InvariantCulture),
        Printable.Line(command.Status),
        command.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? command.Signal ?? "-",
        command.Terminal ?? "-",
        Units.Bytes(command.StdoutBytes + command.StderrBytes),
        TextTable.Time(command.CreatedAt),
        Printable.Line(string.Join(' ', command.Argv)),
    ];
}
