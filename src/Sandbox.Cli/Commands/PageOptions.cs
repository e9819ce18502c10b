using System.CommandLine;

namespace Sandbox.Cli.Commands;

/// <summary>Options of a list that comes in pages.</summary>
internal sealed class PageOptions(string limit, int count = 50)
{
    public Option<int> Limit { get; } = new("--limit") { Description = limit, HelpName = "N", DefaultValueFactory = _ => count };

    public Option<string?> Cursor { get; } = new("--cursor") { Description = "Go on after an earlier list.", HelpName = "CURSOR" };

    public ListOptions Read(ParseResult parsed) => new() { PageSize = parsed.GetValue(Limit), Cursor = parsed.GetValue(Cursor) };

    /// <summary>The same, of a list that can be filtered.</summary>
    public ListFilter Filter(ParseResult parsed, Option<string?> status, Option<string[]> metadata) => new()
    {
        PageSize = parsed.GetValue(Limit),
        Cursor = parsed.GetValue(Cursor),
        Status = parsed.GetValue(status),
        Metadata = KeyValues.Parse(parsed.GetValue(metadata)),
    };
}
