using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Services;

/// <summary>Services as people read them.</summary>
internal static class ServiceTable
{
    private static readonly string[] s_headings = ["ID", "STATUS", "CAUSE", "PORT", "ATTEMPTS", "CREATED", "EXPIRES"];
    private const int StatusColumn = 1;

    public static void WriteList(CliConsole console, IReadOnlyList<Service> services) =>
        TextTable.Write(console, s_headings, [.. services.Select(Row)], StatusColumn);

    public static void WriteOne(CliConsole console, Service service)
    {
        Line("id", service.Id);
        Line("status", console.TextStyle.Status(service.Status));
        Line("cause", service.Cause);
        Line("last attempt", service.LastAttempt is { } last ? $"{last.Cause}{(last.ExitCode is { } code ? $", exit code {code}" : "")}{(last.Signal is { } signal ? $", {signal}" : "")}" : null);
        Line("port", $"{service.Port}");
        Line("url", service.ProxyUrl);
        Line("host url", service.HostUrl);
        Line("attempts", $"{service.Attempts}");
        Line("language", service.Language);
        Line("isolation", service.Isolation);
        Line("template", service.Template);
        Line("node", service.Node);
        foreach (var (key, value) in service.Metadata ?? new Dictionary<string, string>())
            Line("metadata", $"{key}={value}");
        Line("created", TextTable.Time(service.CreatedAt));
        Line("ready", service.ReadyAt is { } ready ? TextTable.Time(ready) : null);
        Line("expires", TextTable.Time(service.ExpiresAt));
        Line("ended", service.EndedAt is { } ended ? TextTable.Time(ended) : null);

        void Line(string name, string? value) => TextTable.WriteField(console, name, value is null ? null : Printable.Line(value));
    }

    private static string[] Row(Service service) =>
    [
        Printable.Line(service.Id), Printable.Line(service.Status), Printable.Line(service.Cause ?? "-"), $"{service.Port}", $"{service.Attempts}",
        TextTable.Time(service.CreatedAt), TextTable.Time(service.ExpiresAt),
    ];
}
