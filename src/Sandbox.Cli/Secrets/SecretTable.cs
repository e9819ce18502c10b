using System.Globalization;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Secrets;

/// <summary>Secrets as people read them.</summary>
internal static class SecretTable
{
    private const int NoStatus = -1;
    private static readonly string[] s_headings = ["NAME", "VERSION", "AS", "HOSTS", "BY", "STORED"];

    public static void Write(CliConsole console, Page<Secret> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No secrets.");
            return;
        }

        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], NoStatus);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(Secret secret) =>
    [
        Printable.Line(secret.Name), secret.Version.ToString(CultureInfo.InvariantCulture), Printable.Line(secret.As),
        Printable.Line(secret.Hosts is null ? "-" : string.Join(' ', secret.Hosts)), Printable.Line(secret.AgentId ?? "-"), TextTable.Time(secret.CreatedAt),
    ];
}
