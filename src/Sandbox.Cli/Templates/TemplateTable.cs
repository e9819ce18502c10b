using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Templates;

/// <summary>Templates as people read them.</summary>
internal static class TemplateTable
{
    private static readonly string[] s_headings = ["NAME", "STATUS", "SOURCE", "SIZE", "LANGUAGES", "PRELOADS", "CREATED"];
    private const int StatusColumn = 1;

    public static void WriteList(CliConsole console, IReadOnlyList<Template> templates) =>
        TextTable.Write(console, s_headings, [.. templates.Select(Row)], StatusColumn);

    public static void WriteOne(CliConsole console, Template template)
    {
        Line("name", template.Name);
        Line("status", console.TextStyle.Status(template.Status));
        Line("error", template.Error);
        Line("description", template.Description);
        Line("source", template.From is { } from ? $"{template.Source} {from}" : template.Source);
        Line("shared", template.Shared ? "by all tenants" : null);
        Line("size", template.SizeBytes > 0 ? Units.Bytes(template.SizeBytes) : null);
        Line("digest", template.Digest);
        Line("languages", Joined(template.Languages));
        Line("python", Joined(template.Packages?.Python));
        Line("node", Joined(template.Packages?.Node));
        foreach (var (language, modules) in template.Preloads ?? new Dictionary<string, IReadOnlyList<string>>())
            Line("preloads", $"{language}: {Joined(modules)}");
        foreach (var (key, value) in template.Env ?? new Dictionary<string, string>())
            Line("env", $"{key}={value}");
        Line("start", template.StartCommand is { } command ? string.Join(' ', command) : null);
        Line("created", TextTable.Time(template.CreatedAt));

        void Line(string name, string? value) => TextTable.WriteField(console, name, value is null ? null : Printable.Line(value));
    }

    private static string[] Row(Template template) =>
    [
        Printable.Line(template.Name), Printable.Line(template.Status), Printable.Line(template.Source ?? "-"),
        template.SizeBytes > 0 ? Units.Bytes(template.SizeBytes) : "-", Joined(template.Languages) ?? "-",
        Joined(template.Preloads?.Values.SelectMany(modules => modules)) ?? "-", TextTable.Time(template.CreatedAt),
    ];

    private static string? Joined(IEnumerable<string>? words) => words is null || !words.Any() ? null : Printable.Line(string.Join(", ", words));
}
