using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>What the README has newcomers type in, run as it is printed.</summary>
internal static class Readme
{
    private const string Address = "http://127.0.0.1:8080";

    /// <summary>The first block of a language after a text, such as the heading of its section.</summary>
    public static string Block(string after, string language)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sandbox.sln")))
            folder = folder.Parent;
        var text = File.ReadAllText(Path.Combine(folder?.FullName ?? throw new UnreachableException(), "README.md"));
        return text.Split(after, 2)[1].Split($"```{language}\n", 2)[1].Split("```", 2)[0];
    }

    /// <summary>
    /// Runs shell commands in a folder that looks like a clone with a server that is up, and answers with what they print. The script
    /// <c>sandbox</c> there hands everything but <c>up</c> to the command line, as the real one does.
    /// </summary>
    public static async Task<string> Run(string commands, HttpClient server, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-readme-");
        try
        {
            var (url, key) = (server.BaseAddress!.AbsoluteUri.TrimEnd('/'), server.DefaultRequestHeaders.Authorization!.Parameter!);
            Directory.CreateDirectory(Path.Combine(folder.FullName, ".sandbox"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".sandbox/operator.key"), key, cancellationToken);
            var script = Path.Combine(folder.FullName, "sandbox");
            await File.WriteAllTextAsync(script, $"#!/bin/sh\n[ \"$1\" = up ] || exec dotnet '{CommandLine.Assembly}' \"$@\"\n", cancellationToken);
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return await Shell(commands.Replace(Address, url, StringComparison.Ordinal), folder.FullName, url, key, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> Shell(string commands, string folder, string url, string key, CancellationToken cancellationToken)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", commands])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SANDBOX_URL"] = url, ["SANDBOX_API_KEY"] = key },
        })!;
        shell.StandardInput.Close();
        var errors = shell.StandardError.ReadToEndAsync(cancellationToken);
        var output = await shell.StandardOutput.ReadToEndAsync(cancellationToken);
        await shell.WaitForExitAsync(cancellationToken);
        Assert.True(shell.ExitCode == 0, $"{output}\n{await errors}");
        return output;
    }
}
