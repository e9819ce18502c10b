using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox files …</c>: files of sessions.</summary>
internal static class FilesCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("files", "Files of sessions. ls and cp are those of session as well.")
        {
            SessionFileCommands.List(context), SessionFileCommands.Copy(context), Remove(context), Move(context), MakeFolder(context),
        };
        context.Examples.Add(command, """
              sandbox files ls ses_… -r data
              sandbox files cp table.csv ses_…:data/
              sandbox files mv ses_… draft.txt final.txt
              sandbox files rm ses_… data -r
            """);
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var paths = new Argument<string[]>("PATH") { Description = "Files, links or folders, relative to /workspace or absolute.", Arity = ArgumentArity.OneOrMore };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Folders with all they hold. Default: a folder has to be empty." };
        var command = new Command("rm", "Remove files and folders.") { id, paths, recursive };
        context.Examples.Add(command, "  sandbox files rm ses_… old.csv cache -r");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            foreach (var path in parsed.GetValue(paths)!)
            {
                await api.Sessions.Files.DeleteAsync(parsed.GetValue(id)!, path, parsed.GetValue(recursive), interrupted);
                Tell(context, parsed, path, "removed");
            }

            return 0;
        });
        return command;
    }

    private static Command Move(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var from = new Argument<string>("FROM") { Description = "Where it is." };
        var to = new Argument<string>("TO") { Description = "Where it shall be; the folder around it has to exist." };
        var overwrite = new Option<bool>("--force", "-f") { Description = "Replace a file that is there already. Default: it is refused." };
        var command = new Command("mv", "Move or rename a file or folder.") { id, from, to, overwrite };
        context.Examples.Add(command, "  sandbox files mv ses_… draft.txt final.txt");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await api.Sessions.Files.MoveAsync(parsed.GetValue(id)!, parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(overwrite), interrupted);
            Tell(context, parsed, parsed.GetValue(to)!, "moved");
            return 0;
        });
        return command;
    }

    private static Command MakeFolder(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var path = new Argument<string>("PATH") { Description = "The folder, with the missing ones around it." };
        var command = new Command("mkdir", "Make a folder; one that exists is no error.") { id, path };
        context.Examples.Add(command, "  sandbox files mkdir ses_… data/raw");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await api.Sessions.Files.MakeFolderAsync(parsed.GetValue(id)!, parsed.GetValue(path)!, interrupted);
            Tell(context, parsed, parsed.GetValue(path)!, "made");
            return 0;
        });
        return command;
    }

    private static void Tell(CommandContext context, ParseResult parsed, string path, string what) =>
        context.Console.Text.WriteLine(context.Json(parsed) ? $$"""{"path":"{{JsonEncodedText.Encode(path)}}","{{what}}":true}""" : $"{Printable.Line(path)} {what}");
}
