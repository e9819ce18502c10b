using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Policies;

namespace Sandbox.Api.Dashboard.Policies;

/// <summary>What has changed between two versions, line by line.</summary>
public sealed record ComparedLine
{
    /// <summary>+, - or a space, as in a patch.</summary>
    public required char Sign { get; init; }

    /// <summary>The line.</summary>
    public required string Text { get; init; }

    /// <summary>The lines of two versions. One that removed the policy has none.</summary>
    internal static IReadOnlyList<ComparedLine> Of(Policy before, Policy after) =>
    [
        .. InlineDiffBuilder.Diff(TextOf(before), TextOf(after)).Lines
            .Select(static line => new ComparedLine { Sign = SignOf(line.Type), Text = line.Text })
            .Where(static line => line.Sign != ' ' || line.Text.Length > 0),
    ];

    private static string TextOf(Policy version) => version.Document is { } document ? PrettyJson.Of(document) : string.Empty;

    private static char SignOf(ChangeType type) => type switch { ChangeType.Inserted => '+', ChangeType.Deleted => '-', _ => ' ' };
}
