using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox artifact url</c>.</summary>
internal static class ArtifactUrlCommand
{
    private const string ExamplesText = """
          curl -O "$(sandbox artifact url art_… --expires 10m)"
          sandbox artifact url art_… --revoke url_…
        """;

    public static Command Create(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "Id of the artifact." };
        var expires = Durations.Option("--expires", "For how long it is good.");
        var revoke = new Option<string?>("--revoke") { Description = "Revoke this one in place of making one.", HelpName = "URL-ID" };
        var revokeAll = new Option<bool>("--revoke-all") { Description = "Revoke all links of the artifact." };
        var command = new Command("url", "Make a link to an artifact that needs no key; prints it.") { id, expires, revoke, revokeAll };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var (artifact, one) = (parsed.GetValue(id)!, parsed.GetValue(revoke));
            if (one is not null || parsed.GetValue(revokeAll))
            {
                await api.Artifacts.RevokeUrlsAsync(artifact, one, interrupted);
                return 0;
            }

            var reply = await api.Artifacts.CreateUrlAsync(artifact, parsed.GetValue(expires), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine(Printable.Line(reply.Value.Url));
            return 0;
        });
        return command;
    }
}
