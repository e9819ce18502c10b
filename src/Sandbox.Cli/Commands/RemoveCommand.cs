using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary>The <c>rm</c> of the groups: removes what is named, one after the other, and says so of each.</summary>
internal static class RemoveCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="context">What commands work with.</param>
    /// <param name="member">What things of the group are named by: <c>id</c> or <c>name</c>.</param>
    /// <param name="things">What they are, in the plural.</param>
    /// <param name="description">What the command does.</param>
    /// <param name="example">How it is called.</param>
    /// <param name="remove">Removes one of them.</param>
    public static Command Create(
        CommandContext context,
        string member,
        string things,
        string description,
        string example,
        Func<ApiClient, ParseResult, string, CancellationToken, Task> remove)
    {
        var named = new Argument<string[]>(member.ToUpperInvariant()) { Description = $"{(member == "id" ? "Ids" : "Names")} of {things}.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("rm", description) { named };
        context.Examples.Add(command, example);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            foreach (var one in parsed.GetValue(named)!)
            {
                await remove(api, parsed, one, interrupted);
                context.Console.Text.WriteLine(
                    context.Json(parsed) ? $$"""{"{{member}}":"{{JsonEncodedText.Encode(one)}}","removed":true}""" : $"{Printable.Line(one)} removed");
            }

            return 0;
        });
        return command;
    }
}
