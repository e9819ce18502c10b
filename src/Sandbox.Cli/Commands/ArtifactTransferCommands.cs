using System.CommandLine;
using System.Net.Http.Headers;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Transfers;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox artifact upload</c> and <c>get</c>. What arrives is compared with what was sent.</summary>
internal static class ArtifactTransferCommands
{
    private const string UploadExamples = """
          sandbox artifact upload table.csv --expires 7d
          tar c src | sandbox artifact upload - --name src.tar
        """;

    private const string GetExamples = """
          sandbox artifact get art_…                  under its own name, here; it replaces nothing
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
                context.Console, api.Artifacts, parsed.GetValue(source)!, parsed.GetValue(name), parsed.GetValue(type), parsed.GetValue(expires), interrupted);
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
        var output = new Option<string>("--output", "-o")
        {
            Description = "A file, which is replaced; a folder, in which nothing is; or - for standard output.", HelpName = "PATH", DefaultValueFactory = _ => "./",
        };
        var command = new Command("get", "Download an artifact; with --json, describe it.") { id, output };
        context.Examples.Add(command, GetExamples);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var calls = api.Artifacts;
            var artifact = await calls.GetAsync(parsed.GetValue(id)!, interrupted);
            if (context.Json(parsed))
            {
                await JsonText.Write(context.Console.Output, artifact.Body);
                return 0;
            }

            await using var content = await calls.OpenAsync(artifact.Value.Id, interrupted);
            await new Download(context.Console, content, artifact.Value.Name, isChosen: false).To(parsed.GetValue(output)!, interrupted);
            return 0;
        });
        return command;
    }

    private static async Task<Reply<Artifact>> Send(
        CliConsole console, ArtifactsClient calls, string source, string? name, string? type, double? expires, CancellationToken interrupted)
    {
        var fromInput = source == TextInput.Standard;
        if (fromInput && name is null)
            throw new CliException("what comes from standard input has no name; give it one with --name.");
        if (type is not null && !MediaTypeHeaderValue.TryParse(type, out _))
            throw new CliException($"'{type}' is no media type; write for example text/csv.");
        name ??= Path.GetFileName(Path.GetFullPath(source));
        await using Stream content = fromInput ? console.Input : Open(source);
        using var progress = new ProgressLine(console, Printable.Line(name), fromInput || !content.CanSeek ? null : content.Length);
        await using var counted = new CountingStream(content, progress);
        return await calls.UploadAsync(name, counted, new ArtifactOptions { ContentType = type, ExpiresInSeconds = expires }, cancellationToken: interrupted);
    }

    private static FileStream Open(string source) =>
        Directory.Exists(source) ? throw new CliException($"{source} is a folder; upload an archive of it.") : TextInput.Open(source);
}
