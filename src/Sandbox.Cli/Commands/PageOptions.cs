using System.CommandLine;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Commands;

/// <summary>Options of a list that comes in pages.</summary>
internal sealed class PageOptions(string limit)
{
    public Option<int> Limit { get; } = new("--limit") { Description = limit, HelpName = "N", DefaultValueFactory = _ => 50 };

    public Option<string?> Cursor { get; } = new("--cursor") { Description = "Go on after an earlier list.", HelpName = "CURSOR" };

    public string Query(ParseResult parsed) =>
        new QueryText().Add("limit", $"{parsed.GetValue(Limit)}").Add("cursor", parsed.GetValue(Cursor)).ToString();
}
