using System.Globalization;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Sessions and their files as people read them.</summary>
internal static class SessionTable
{
    private static readonly string[] s_headings = ["ID", "STATUS", "CAUSE", "LANGUAGE", "CREATED", "EXPIRES"];
    private const int StatusColumn = 1;

    public static void WriteList(CliConsole console, IReadOnlyList<Session> sessions) =>
        TextTable.Write(console, s_headings, [.. sessions.Select(Row)], StatusColumn);

    public static void WriteOne(CliConsole console, Session session)
    {
        Line("id", session.Id);
        Line("status", console.TextStyle.Status(session.Status));
        Line("paused to", session.PausedTo);
        Line("cause", session.Cause);
        Line("snapshot", session.Snapshot);
        Line("language", session.Language);
        Line("isolation", session.Isolation);
        Line("node", session.Node);
        Line("epoch", session.Epoch.ToString(CultureInfo.InvariantCulture));
        Line("steps", session.Steps?.ToString(CultureInfo.InvariantCulture));
        Line("created", TextTable.Time(session.CreatedAt));
        Line("expires", TextTable.Time(session.ExpiresAt));
        Line("idle", session.IdleSeconds is { } idle ? $"{Units.Seconds(idle)}, then {session.OnIdle}" : null);
        Line("memory", session.Limits?.MemoryBytes is { } memory ? Units.Bytes(memory) : null);
        Line("disk", session.Limits?.DiskBytes is { } disk ? Units.Bytes(disk) : null);
        foreach (var (key, value) in session.Metadata ?? new Dictionary<string, string>())
            Line("metadata", $"{Printable.Line(key)}={Printable.Line(value)}");

        void Line(string name, string? value) => TextTable.WriteField(console, name, value);
    }

    /// <summary>A line for a file: kind, mode, size, time and name, which untrusted code may have chosen.</summary>
    public static void WriteFile(CliConsole console, SessionFile file)
    {
        var kind = file.Kind switch { "directory" => 'd', "link" => 'l', "file" => '-', _ => '?' };
        var size = file.SizeBytes is { } bytes ? Units.Bytes(bytes) : "-";
        var target = file.LinkTarget is { } link ? " -> " + Printable.Line(link) : string.Empty;
        var path = Printable.Line(file.Path) + (file.Kind == "directory" ? "/" : string.Empty);
        console.Text.WriteLine($"{kind} {file.Mode,4} {size,10}  {TextTable.Time(file.ModifiedAt)}  {path}{target}");
    }

    private static string[] Row(Session session) =>
    [
        session.Id, Printable.Line(session.Status), session.Cause ?? "-", Printable.Line(session.Language ?? "-"),
        TextTable.Time(session.CreatedAt), TextTable.Time(session.ExpiresAt),
    ];
}
