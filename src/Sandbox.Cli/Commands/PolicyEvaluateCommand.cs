using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Policies;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox policy evaluate</c>.</summary>
internal static class PolicyEvaluateCommand
{
    private const int Denied = 1;

    private const string ExamplesText = """
          echo '{"language": "python", "code": "print(1)"}' | sandbox policy evaluate default -
          sandbox policy evaluate strict session.json --session
        """;

    public static Command Create(CommandContext context, Option<string?> tenant)
    {
        var name = PolicyCommand.Name();
        var file = new Argument<string>("FILE") { Description = "A job as POST /v1/jobs takes it, or - for standard input." };
        var session = new Option<bool>("--session") { Description = "It is a session, as POST /v1/sessions takes it." };
        var command = new Command("evaluate", "Tell what would be decided on a job or session, and start nothing. Exits with 1 where it is denied.") { name, file, session };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var request = await TextInput.Read(parsed.GetValue(file)!, context.Console, interrupted);
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await Evaluate(api, parsed.GetValue(name)!, parsed.GetValue(session) ? "session" : "job", request, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                PolicyTable.WriteEvaluation(context.Console, reply.Value);
            return reply.Value.Decision.Allowed ? 0 : Denied;
        });
        return command;
    }

    private static async Task<Reply<PolicyEvaluation>> Evaluate(
        SandboxClient api, string name, string kind, string request, CancellationToken interrupted)
    {
        try
        {
            return await api.Policies.EvaluateJsonAsync(name, kind, request, interrupted);
        }
        catch (JsonException e)
        {
            throw new CliException($"the request is not JSON: {e.Message}");
        }
    }
}
