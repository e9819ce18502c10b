using System.CommandLine;
using System.CommandLine.Parsing;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary>Options that take a duration; their value is in seconds.</summary>
internal static class Durations
{
    public static Option<double?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = Parse,
    };

    private static double? Parse(ArgumentResult result)
    {
        if (Units.TryParseSeconds(result.Tokens[0].Value, out var seconds))
            return seconds;
        result.AddError($"'{result.Tokens[0].Value}' is not a duration; write for example 90, 10m or 2h.");
        return null;
    }
}
