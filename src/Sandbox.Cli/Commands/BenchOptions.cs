using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sandbox.Cli.Bench;

namespace Sandbox.Cli.Commands;

/// <summary>Options of <c>sandbox bench</c>.</summary>
/// <param name="code">What is run where the command line names nothing.</param>
internal sealed class BenchOptions(string code)
{
    private const int MostCallers = 256;

    public Option<string> Language { get; } = new("--language", "-l") { Description = "Language of the code.", HelpName = "NAME", DefaultValueFactory = _ => "python" };

    public Option<string> Code { get; } = new("--code") { Description = "What each of them runs.", HelpName = "CODE", DefaultValueFactory = _ => code };

    public Option<string?> Isolation { get; } = new("--isolation") { Description = "standard or strong. Default: the server's.", HelpName = "CLASS" };

    private readonly Option<int> _count = new("--count", "-n") { Description = "How many, beside one for each caller to warm up.", HelpName = "N", DefaultValueFactory = _ => 100 };

    private readonly Option<int> _concurrency = new("--concurrency", "-c") { Description = "How many at a time.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public Command AddTo(Command command)
    {
        Isolation.AcceptOnlyFromAmong("standard", "strong");
        _count.Validators.Add(static result => Check(result, 1, 1_000_000));
        _concurrency.Validators.Add(static result => Check(result, 1, MostCallers));
        foreach (var option in (Option[])[_count, _concurrency, Language, Code, Isolation])
            command.Add(option);
        return command;
    }

    public BenchOrder Read(string what, ParseResult parsed) => new(what, parsed.GetValue(_count), parsed.GetValue(_concurrency));

    private static void Check(OptionResult result, int least, int most)
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var value) && (value < least || value > most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.IdentifierToken?.Value ?? result.Option.Name} must be from {least} to {most}, and is {value}."));
    }
}
