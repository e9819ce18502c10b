using System.CommandLine;
using Sandbox.Cli.Server;
using Sandbox.Cli.Templates;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Transfers;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox template import</c>.</summary>
internal static class TemplateImportCommand
{
    private const string TemplatePrefix = "template:";
    private const string ServerPrefix = "server:";

    private const string ExamplesText = """
          sandbox template import rootfs.tar.gz --name science --env OMP_NUM_THREADS=1
          sandbox template import ./rootfs --name mine
          docker save my/image | sandbox template import - --name mine
          sandbox template import template:default --name data --python 'pandas>=2' --preload pandas
        """;

    public static Command Create(CommandContext context)
    {
        var source = new Argument<string>("SOURCE")
        {
            Description = "An archive (root file system, OCI image layout or docker save; - for standard input), a folder, docker:IMAGE, template:NAME to build upon, or server:PATH for a folder of the server's host.",
        };
        var name = new Option<string>("--name", "-n") { Description = "Name of the template.", HelpName = "NAME", Required = true };
        var description = new Option<string?>("--description") { Description = "What it is for.", HelpName = "TEXT" };
        var preload = Repeatable("--preload", "MODULE", "A Python module to import ahead. Repeatable.");
        var preloadJs = Repeatable("--preload-js", "MODULE", "A JavaScript module to load ahead. Repeatable.");
        var python = Repeatable("--python", "PACKAGE", "A Python package to install upon template:NAME, such as 'pandas>=2'. Repeatable.");
        var node = Repeatable("--node", "PACKAGE", "A Node package to install upon template:NAME, such as lodash@4. Repeatable.");
        var env = Repeatable("--env", "KEY=VALUE", "An environment variable of everything in it. Repeatable.");
        env.Aliases.Add("-e");
        var start = Repeatable("--start", "WORD", "The command that every new sandbox runs first, word by word. Repeatable.");
        var command = new Command("import", "Make a template, and wait until it was tried out.") { source, name, description, python, node, preload, preloadJs, env, start };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var request = new TemplateRequest
            {
                Name = parsed.GetValue(name)!,
                Description = parsed.GetValue(description),
                Env = KeyValues.Parse(parsed.GetValue(env)),
                StartCommand = NullIfEmpty(parsed.GetValue(start)),
                Preloads = new PreloadsRequest { Python = NullIfEmpty(parsed.GetValue(preload)), Javascript = NullIfEmpty(parsed.GetValue(preloadJs)) },
                Packages = PackagesOf(parsed.GetValue(python), parsed.GetValue(node)),
            };
            using var api = context.Connect(parsed);
            var calls = api.Templates;
            var reply = await Send(parsed.GetValue(source)!, request, calls, context.Console, interrupted);
            if (!reply.Value.HasEnded)
                reply = await WaitForEnd(reply.Value.Name, calls, context.Console, interrupted);
            if (reply.Value.Status == "failed")
                throw new CliException($"the template {reply.Value.Name} failed: {Printable.Line(reply.Value.Error ?? "no reason given")}");
            await TemplateCommand.ShowOne(context, parsed, reply);
            return 0;
        });
        return command;
    }

    private static async Task<Reply<Template>> Send(string source, TemplateRequest request, TemplatesClient calls, CliConsole console, CancellationToken interrupted)
    {
        if (source.StartsWith(TemplatePrefix, StringComparison.Ordinal))
            return await calls.CreateAsync(request with { From = source[TemplatePrefix.Length..] }, interrupted);
        if (request.Packages is not null)
            throw new CliException("packages are installed upon another template: say template:NAME as the source.");
        if (source.StartsWith(ServerPrefix, StringComparison.Ordinal))
            return await calls.CreateAsync(request with { Folder = source[ServerPrefix.Length..] }, interrupted);
        await using var archive = ArchiveSource.Open(source, console);
        using var progress = new ProgressLine(console, Printable.Line(archive.Name), archive.Content.CanSeek ? archive.Content.Length : null);
        await using var counted = new CountingStream(archive.Content, progress);
        try
        {
            var reply = await calls.ImportAsync(request, counted, interrupted);
            await archive.Complete(interrupted);
            return reply;
        }
        catch (SandboxException)
        {
            // Where the archive itself was never made, that is the reason.
            await archive.Complete(interrupted);
            throw;
        }
    }

    private static async Task<Reply<Template>> WaitForEnd(string name, TemplatesClient calls, CliConsole console, CancellationToken interrupted)
    {
        if (console.ErrorsAreTerminal)
            console.ErrorText.WriteLine(console.ErrorStyle.Faint("It has arrived, and is being tried out …"));
        return await calls.WaitAsync(name, interrupted);
    }

    private static PackagesRequest? PackagesOf(string[]? python, string[]? node) =>
        python is { Length: > 0 } || node is { Length: > 0 } ? new PackagesRequest { Python = NullIfEmpty(python), Node = NullIfEmpty(node) } : null;

    private static string[]? NullIfEmpty(string[]? words) => words is { Length: > 0 } ? words : null;

    private static Option<string[]> Repeatable(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore };
}
