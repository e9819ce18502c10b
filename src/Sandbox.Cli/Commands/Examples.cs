using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sandbox.Cli.Commands;

/// <summary>Adds examples to the help of the commands that have some.</summary>
internal sealed class Examples(HelpAction help) : SynchronousCommandLineAction
{
    private readonly Dictionary<Command, string> _texts = [];

    public void Add(Command command, string text) => _texts.Add(command, text);

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (_texts.TryGetValue(parseResult.CommandResult.Command, out var text))
            parseResult.InvocationConfiguration.Output.WriteLine("Examples:\n" + text);
        return result;
    }
}
