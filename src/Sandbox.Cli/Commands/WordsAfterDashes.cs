using System.CommandLine;
using System.CommandLine.Parsing;
using Sandbox.Cli.Server;

namespace Sandbox.Cli.Commands;

/// <summary>Tells the words of a command line before <c>--</c> from those after it.</summary>
internal static class WordsAfterDashes
{
    /// <summary>
    /// The words of these arguments, in their order. A misspelt option must not become an argument of the program, and
    /// the limit it was meant to set be forgotten: words with a dash are arguments only after <c>--</c>.
    /// </summary>
    public static (string[] Before, string[]? After) Split(ParseResult parsed, params Argument[] arguments)
    {
        var dashes = parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash);
        var count = parsed.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Skip(1).Count();
        Token[] words = [.. arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? [])];
        var unknown = words.SkipLast(count).FirstOrDefault(t => t.Value.Length > 1 && t.Value[0] == '-');
        if (unknown is not null)
            throw new CliException($"unknown option '{unknown.Value}'. Arguments of the program go after --.");
        return ([.. words.SkipLast(count).Select(t => t.Value)], dashes ? [.. words.TakeLast(count).Select(t => t.Value)] : null);
    }
}
