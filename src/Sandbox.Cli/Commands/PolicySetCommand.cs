using System.CommandLine;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox policy set</c>.</summary>
internal static class PolicySetCommand
{
    private const string ExamplesText = """
          sandbox policy set default policy.json
          sandbox policy set default policy.json --if-version 3     only if nobody has changed it meanwhile
          sandbox policy set strict - --new < policy.json
        """;

    public static Command Create(CommandContext context, Option<string?> tenant)
    {
        var name = PolicyCommand.Name();
        var file = new Argument<string>("FILE") { Description = "The document as JSON, or - for standard input." };
        var version = new Option<int?>("--if-version") { Description = "Only if the policy is at this version.", HelpName = "N" };
        var isNew = new Option<bool>("--new") { Description = "Only if there is no such policy." };
        var command = new Command("set", "Store a policy as a new version; for admins and operators. It holds from the answer on.") { name, file, version, isNew };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var document = await TextInput.Read(parsed.GetValue(file)!, context.Console, interrupted);
            if (parsed.GetValue(isNew) && parsed.GetValue(version) is not null)
                throw new CliException("--new and --if-version exclude each other.");
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Policies.SetAsync(
                parsed.GetValue(name)!, document, parsed.GetValue(isNew) ? 0 : parsed.GetValue(version), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine($"{Printable.Line(reply.Value.Name)} is at version {reply.Value.Version}");
            return 0;
        });
        return command;
    }
}
