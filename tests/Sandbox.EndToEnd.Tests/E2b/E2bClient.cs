using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.E2b;

/// <summary>Runs a script with E2B's own SDK, unmodified, told of the server by its variables alone.</summary>
internal static class E2bClient
{
    /// <summary>What the script printed.</summary>
    public static async Task<string> Run(string sdk, Uri server, string key, CancellationToken cancellationToken, params string[] script)
    {
        var tool = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../tools", sdk));
        Assert.True(Directory.Exists(tool), $"{tool} is missing: ./sandbox test installs it.");
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "E2b", script[0]), .. script.Skip(1)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var url = server.AbsoluteUri.TrimEnd('/');
        foreach (var (name, value) in new[] { ("E2B_SDK", tool), ("E2B_API_URL", url), ("E2B_SANDBOX_URL", url), ("E2B_API_KEY", key) })
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{await output}{await errors}");
        return await output;
    }
}
