using System.CommandLine;
using Sandbox.Cli.Templates;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox template …</c>.</summary>
internal static class TemplateCommand
{
    private const string ExamplesText = """
          sandbox template import docker:python:3.12-slim --name python312 --preload json
          sandbox template import template:default --name data --python 'pandas>=2' --preload pandas
          sandbox template ls
          sandbox session new --template data
          sandbox template rm data
        """;

    public static Command Create(CommandContext context)
    {
        var command = new Command("template", "What sandboxes can be made from: root file systems, and modules imported ahead.")
        {
            TemplateImportCommand.Create(context),
            List(context),
            Show(context),
            Remove(context),
        };
        context.Examples.Add(command, ExamplesText);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var pages = new PageOptions("How many, newest first.");
        var command = new Command("ls", "List templates, newest first.") { pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox template ls --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Templates.ListPageAsync(pages.Read(parsed), interrupted);
            if (context.Json(parsed))
            {
                await JsonText.Write(context.Console.Output, reply.Body);
                return 0;
            }

            TemplateTable.WriteList(context.Console, reply.Value.Items);
            context.Console.TellOfMore(reply.Value.NextCursor);
            return 0;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the template." };
        var command = new Command("show", "Show one template.") { name };
        context.Examples.Add(command, "  sandbox template show data --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await ShowOne(context, parsed, await api.Templates.GetAsync(parsed.GetValue(name)!, interrupted));
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context) => RemoveCommand.Create(
        context, "name", "templates", "Remove templates that no job or session uses.", "  sandbox template rm data",
        static (api, name, interrupted) => api.Templates.DeleteAsync(name, interrupted),
        known: static async (api, filter, token) => (await api.Templates.ListPageAsync(filter, token)).Value.Items.Select(template => template.Name));

    /// <summary>Shows a template as text, or as the server said it.</summary>
    public static async Task ShowOne(CommandContext context, ParseResult parsed, Reply<Template> reply)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, reply.Body);
        else
            TemplateTable.WriteOne(context.Console, reply.Value);
    }
}
