using System.Globalization;
using System.Text;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Policies;

/// <summary>Policies and what they decide, as people read them.</summary>
internal static class PolicyTable
{
    private const int NoStatus = -1;
    private static readonly string[] s_headings = ["NAME", "VERSION", "BY", "STORED"];

    public static void WriteList(CliConsole console, Page<Policy> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No policies: the platform's default applies.");
            return;
        }

        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], NoStatus);
        console.TellOfMore(page.NextCursor);
    }

    /// <summary>The document alone, so that it can be changed and stored again.</summary>
    public static Task WriteDocument(CliConsole console, Policy policy) => policy.Document is { } document
        ? JsonText.Write(console.Output, Encoding.UTF8.GetBytes(document.GetRawText()))
        : throw new CliException($"version {policy.Version} removed the policy");

    public static void WriteEvaluation(CliConsole console, PolicyEvaluation evaluation)
    {
        var decision = evaluation.Decision;
        console.Text.WriteLine($"{(decision.Allowed ? "allowed" : "denied")} by {Printable.Line(decision.Policy)}, version {decision.Version}");
        foreach (var violation in evaluation.Violations)
            console.Text.WriteLine($"  {Printable.Line(violation.Rule)}: {Printable.Line(violation.Field)}: {Printable.Line(violation.Reason)}");
    }

    private static string[] Row(Policy policy) =>
    [
        Printable.Line(policy.Name), policy.Version.ToString(CultureInfo.InvariantCulture) + (policy.Removed ? " (removed)" : string.Empty),
        Printable.Line(policy.AgentId ?? "-"), TextTable.Time(policy.CreatedAt),
    ];
}
