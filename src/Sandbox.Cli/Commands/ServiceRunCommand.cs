using System.CommandLine;
using Sandbox.Cli.Jobs;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox service run</c>.</summary>
internal static class ServiceRunCommand
{
    private const string ExamplesText = """
          sandbox service run --port 8000 server.py
          sandbox service run --port 8000 --ttl 8h --health / --file index.html -- python3 -m http.server 8000
        """;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<string?>("FILE") { Description = "The source file, or - for standard input; or none, and a command after --.", Arity = ArgumentArity.ZeroOrOne };
        var words = new Argument<string[]>("COMMAND") { Description = "After --: the program with its arguments.", Arity = ArgumentArity.ZeroOrMore };
        var port = new Option<int>("--port", "-p") { Description = "Port at which it answers; it is told it in PORT.", HelpName = "PORT", Required = true };
        var language = new Option<string?>("--language", "-l") { Description = "Language of the file. Default: told by the file.", HelpName = "NAME", CompletionSources = { "python", "javascript", "bash" } };
        var ttl = Durations.Option("--ttl", "How long it lives, such as 10m or 2h. Default: the server's.");
        var health = new Option<string?>("--health") { Description = "Path that it has to answer. Default: it is enough that something listens.", HelpName = "PATH" };
        var attempts = new Option<int?>("--attempts") { Description = "How often it may fail on end; 1 for no restart.", HelpName = "N" };
        var files = new Option<string[]>("--file", "-f") { Description = "A file for the workspace, under its own path or as NAME=PATH. Repeatable.", HelpName = "PATH" };
        var env = new Option<string[]>("--env", "-e") { Description = "An environment variable. Repeatable.", HelpName = "KEY=VALUE" };
        var secrets = new Option<string[]>("--secret") { Description = "A secret of the tenant that it is to have. Repeatable.", HelpName = "NAME" };
        var template = new Option<string?>("--template", "-t") { Description = "What its sandbox is made from. Default: the host's own programs.", HelpName = "NAME" };
        var isolation = new Option<string?>("--isolation") { Description = "standard (kernel namespaces) or strong (gVisor).", HelpName = "CLASS", CompletionSources = { "standard", "strong" } };
        var policy = new Option<string?>("--policy") { Description = "Policy to run under. Default: the tenant's default, or the key's.", HelpName = "NAME" };
        var metadata = new Option<string[]>("--metadata") { Description = "A label to find it by. Repeatable.", HelpName = "KEY=VALUE" };
        var detach = new Option<bool>("--detach", "-d") { Description = "Do not wait until it answers." };
        var limits = new LimitOptions();
        var command = new Command("run", "Start a service and print its id when it answers.")
        {
            file, words, port, language, ttl, health, attempts, files, env, secrets, template, isolation, policy, metadata, detach,
        };
        foreach (var limit in limits.All)
            command.Add(limit);
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var (before, argv) = WordsAfterDashes.Split(parsed, file, words);
            if (before.Length == 1 == argv is { Length: > 0 } || before.Length > 1)
                throw new CliException("name either a file, or after -- a command.");
            var code = before.Length == 1 ? await TextInput.Read(before[0], context.Console, interrupted) : null;
            var request = new ServiceRequest
            {
                Port = parsed.GetValue(port),
                Command = code is null ? argv : null,
                Language = code is null ? null : parsed.GetValue(language) ?? Languages.Guess(before[0], code),
                Code = code,
                TtlSeconds = parsed.GetValue(ttl),
                Health = parsed.GetValue(health) is { } path ? new ServiceHealthRequest { Path = path } : null,
                Restart = parsed.GetValue(attempts) is { } most ? new ServiceRestartRequest { MaxAttempts = most } : null,
                Env = KeyValues.Parse(parsed.GetValue(env)),
                Files = WorkspaceFiles.Read(parsed.GetValue(files) ?? []),
                Secrets = parsed.GetValue(secrets) is { Length: > 0 } named ? named : null,
                Template = parsed.GetValue(template),
                Isolation = parsed.GetValue(isolation),
                Limits = limits.Read(parsed),
                Policy = parsed.GetValue(policy),
                Metadata = KeyValues.Parse(parsed.GetValue(metadata)),
            };
            using var api = context.Connect(parsed);
            return await Start(context, parsed, api.Services, request, parsed.GetValue(detach), interrupted);
        });
        return command;
    }

    private static async Task<int> Start(
        CommandContext context, ParseResult parsed, ServicesClient services, ServiceRequest request, bool detach, CancellationToken interrupted)
    {
        var made = await services.CreateAsync(request, cancellationToken: interrupted);
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, made.Body);
        else
            context.Console.Text.WriteLine(made.Value.Id);
        context.Console.Text.Flush();
        if (detach)
            return 0;
        var service = (await services.WaitForStartAsync(made.Value.Id, interrupted)).Value;
        if (service.IsRunning)
        {
            context.Console.Tell($"running at {Printable.Line(service.HostUrl ?? service.ProxyUrl)}");
            return 0;
        }

        context.Console.Tell($"the service is {Printable.Line(service.Status)} ({Printable.Line(service.Cause ?? "no cause")}); see sandbox service logs {Printable.Line(service.Id)}");
        return ExitCodes.SandboxFailed;
    }
}
