using System.Diagnostics;

namespace Sandbox.Packages.Tests.Testing;

/// <summary>Runs the real pip and npm with the variables that a sandbox has, and nothing of this machine's settings.</summary>
internal static class Tool
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<(int Exit, string Output)> Pip(TestGateway gateway, TestFolder home, params string[] arguments) =>
        Run(gateway, home, "/usr/bin/python3", ["-m", "pip", .. arguments]);

    public static Task<(int Exit, string Output)> Npm(TestGateway gateway, TestFolder home, params string[] arguments) =>
        Run(gateway, home, "/usr/bin/npm", arguments);

    public static async Task<(int Exit, string Output)> Run(TestGateway gateway, TestFolder home, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home.Path };
        start.Environment.Clear();
        foreach (var (name, value) in PackageGateway.Environment)
            start.Environment[name] = value;
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = home.Path;
        start.Environment["PIP_CONFIG_FILE"] = "/dev/null";
        start.Environment["http_proxy"] = gateway.Proxy;
        start.Environment["npm_config_proxy"] = gateway.Proxy;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
            await process.WaitForExitAsync(Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
