using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Completion;
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
    /// <param name="tenant">Option that names the tenant to act in; null where there is none.</param>
    /// <param name="known">Lists what there is, for shells that complete.</param>
    public static Command Create(
        CommandContext context,
        string member,
        string things,
        string description,
        string example,
        Func<SandboxClient, string, CancellationToken, Task> remove,
        Option<string?>? tenant = null,
        Func<SandboxClient, ListFilter, CancellationToken, Task<IEnumerable<string>>>? known = null)
    {
        var named = new Argument<string[]>(member.ToUpperInvariant()) { Description = $"{(member == "id" ? "Ids" : "Names")} of {things}.", Arity = ArgumentArity.OneOrMore };
        if (known is not null)
            named.CompletedBy(context, known);
        var command = new Command("rm", description) { named };
        context.Examples.Add(command, example);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, tenant is null ? null : parsed.GetValue(tenant));
            foreach (var one in parsed.GetValue(named)!)
            {
                await remove(api, one, interrupted);
                context.Console.Text.WriteLine(
                    context.Json(parsed) ? $$"""{"{{member}}":"{{JsonEncodedText.Encode(one)}}","removed":true}""" : $"{Printable.Line(one)} removed");
            }

            return 0;
        });
        return command;
    }
}
