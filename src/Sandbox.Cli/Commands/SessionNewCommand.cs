using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session new</c>.</summary>
internal static class SessionNewCommand
{
    private const string ExamplesText = """
          id=$(sandbox session new)
          sandbox session new --ttl 8h --idle 10m --on-idle pause
          sandbox session new --snapshot snp_…
          sandbox session new --isolation strong --memory 2G --env YEAR=2026 --metadata team=red --json
        """;

    public static Command Create(CommandContext context)
    {
        var language = new Option<string?>("--language", "-l") { Description = "Language of steps that name none. Default: python.", HelpName = "NAME", CompletionSources = { "python", "javascript", "bash" } };
        var template = new Option<string?>("--template", "-t") { Description = "What its sandbox is made from. Default: the host's own programs.", HelpName = "NAME" };
        var isolation = new Option<string?>("--isolation") { Description = "standard (kernel namespaces) or strong (gVisor).", HelpName = "CLASS", CompletionSources = { "standard", "strong" } };
        var ttl = Durations.Option("--ttl", "How long it lives, such as 90, 10m or 2h. Default: the server's.");
        var idle = Durations.Option("--idle", "How long it may be without work.");
        var onIdle = new Option<string?>("--on-idle") { Description = "What happens then: end (the default), pause, or suspend (to disk; isolation class strong).", HelpName = "ACTION" };
        onIdle.AcceptOnlyFromAmong("end", "pause", "suspend");
        var env = new Option<string[]>("--env", "-e") { Description = "An environment variable of every step. Repeatable.", HelpName = "KEY=VALUE" };
        var secrets = new Option<string[]>("--secret") { Description = "A secret of the tenant that its steps are to have. Repeatable.", HelpName = "NAME" };
        var metadata = new Option<string[]>("--metadata") { Description = "A label to find the session by. Repeatable.", HelpName = "KEY=VALUE" };
        var snapshot = new Option<string?>("--snapshot") { Description = "A snapshot to begin with; it says language and isolation class.", HelpName = "ID" };
        var policy = new Option<string?>("--policy") { Description = "Policy to run under. Default: the tenant's default, or the key's.", HelpName = "NAME" };
        var limits = new LimitOptions();
        var command = new Command("new", "Make a session and print its id. --timeout and --output-limit are those of a step.")
        {
            language, template, isolation, ttl, idle, onIdle, env, secrets, metadata, snapshot, policy,
        };
        foreach (var limit in limits.All)
            command.Add(limit);
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var request = new SessionRequest
            {
                Language = parsed.GetValue(language),
                Isolation = parsed.GetValue(isolation),
                TtlSeconds = parsed.GetValue(ttl),
                IdleSeconds = parsed.GetValue(idle),
                OnIdle = parsed.GetValue(onIdle),
                Env = KeyValues.Parse(parsed.GetValue(env)),
                Limits = limits.Read(parsed),
                Metadata = KeyValues.Parse(parsed.GetValue(metadata)),
                Snapshot = parsed.GetValue(snapshot),
                Template = parsed.GetValue(template),
                Policy = parsed.GetValue(policy),
                Secrets = parsed.GetValue(secrets) is { Length: > 0 } named ? named : null,
            };
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.CreateAsync(request, cancellationToken: interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine(reply.Value.Id);
            return 0;
        });
        return command;
    }
}
