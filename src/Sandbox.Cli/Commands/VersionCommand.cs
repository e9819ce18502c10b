using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("version", "Print the version of this command.");
        context.Examples.Add(command, "  sandbox version --json");
        command.SetAction(async (parsed, _) =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, JsonSerializer.SerializeToUtf8Bytes(new VersionInfo(version), CliJson.Default.VersionInfo));
            else
                context.Console.Text.WriteLine($"sandbox {version}");
            return 0;
        });
        return command;
    }
}
