using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>The command line as a process of its own.</summary>
internal static class CommandLine
{
    public static readonly string Assembly = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory.TrimEnd('/'), "../../Sandbox.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "sandbox.dll"));

    /// <summary>Runs a command against a server, as its operator; the exit code and what it wrote to standard output.</summary>
    public static async Task<(int ExitCode, string Output)> Run(DataDirectory data, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            Environment = { ["SANDBOX_DATA"] = data.Root, ["SANDBOX_URL"] = null },
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output);
    }
}
