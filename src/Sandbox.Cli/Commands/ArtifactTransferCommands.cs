using System.CommandLine;
using System.Security.Cryptography;
using Sandbox.Cli.Artifacts;
using Sandbox.Cli.Client;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox artifact upload</c> and <c>get</c>. What arrives is compared with what was sent.</summary>
internal static class ArtifactTransferCommands
{
    private const string UploadExamples = """
          sandbox artifact upload table.csv --expires 7d
          tar c src | sandbox artifact upload - --name src.tar
        """;

    private const string GetExamples = """
          sandbox artifact get art_…                  under its own name, here
          sandbox artifact get art_… -o pictures/
          sandbox artifact get art_… -o - | less
        """;

    public static Command Upload(CommandContext context)
    {
        var source = new Argument<string>("FILE") { Description = "A file, or - for standard input." };
        var name = new Option<string?>("--name", "-n") { Description = "Its name; that of the file where left out.", HelpName = "NAME" };
        var type = new Option<string?>("--type") { Description = "Its media type.", HelpName = "TYPE" };
        var expires = Durations.Option("--expires", "After how long it is removed.");
        var command = new Command("upload", "Upload a file; prints the artifact's id.") { source, name, type, expires };
        context.Examples.Add(command, UploadExamples);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await Send(
                context.Console, new ArtifactCalls(api), parsed.GetValue(source)!, parsed.GetValue(name), parsed.GetValue(type), parsed.GetValue(expires), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine(reply.Value.Id);
            return 0;
        });
        return command;
    }

    public static Command Get(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "Id of the artifact." };
        var output = new Option<string>("--output", "-o") { Description = "A file or folder, or - for standard output.", HelpName = "PATH", DefaultValueFactory = _ => "./" };
        var command = new Command("get", "Download an artifact; with --json, describe it.") { id, output };
        context.Examples.Add(command, GetExamples);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var calls = new ArtifactCalls(api);
            var artifact = await calls.Get(parsed.GetValue(id)!, interrupted);
            if (context.Json(parsed))
            {
                await JsonText.Write(context.Console.Output, artifact.Body);
                return 0;
            }

            using var response = await calls.Open(artifact.Value.Id, interrupted);
            await new Download(context.Console, response, artifact.Value.Name).To(parsed.GetValue(output)!, interrupted);
            return 0;
        });
        return command;
    }

    private static async Task<Reply<StoredArtifact>> Send(
        CliConsole console, ArtifactCalls calls, string source, string? name, string? type, double? expires, CancellationToken interrupted)
    {
        var fromInput = source == TextInput.Standard;
        if (fromInput && name is null)
            throw new CliException("what comes from standard input has no name; give it one with --name.");
        name ??= Path.GetFileName(Path.GetFullPath(source));
        await using Stream content = fromInput ? console.Input : Open(source);
        using var progress = new ProgressLine(console, Printable.Line(name), fromInput || !content.CanSeek ? null : content.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var counted = new CountingStream(content, hash, progress);
        var reply = await calls.Upload(name, type, expires, counted, interrupted);
        Download.Compare(name, hash, reply.Value.Sha256);
        return reply;
    }

    private static FileStream Open(string source) =>
        Directory.Exists(source) ? throw new CliException($"{source} is a folder; upload an archive of it.") : TextInput.Open(source);
}
