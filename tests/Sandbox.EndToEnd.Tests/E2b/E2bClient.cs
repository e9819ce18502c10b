using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.E2b;

/// <summary>Runs a script with E2B's own SDK, unmodified, told of the server by its variables alone.</summary>
internal static class E2bClient
{
    /// <summary>What a script of ours printed.</summary>
    public static Task<string> Run(string sdk, Uri server, string key, CancellationToken cancellationToken, params string[] script) =>
        RunFile(ToolOf(sdk), server, key, [Path.Combine(AppContext.BaseDirectory, "E2b", script[0]), .. script.Skip(1)], cancellationToken);

    /// <summary>What a program printed that finds the SDK beside it.</summary>
    public static async Task<string> RunText(string sdk, Uri server, string key, string program, CancellationToken cancellationToken)
    {
        var file = Path.Combine(ToolOf(sdk), $"{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(file, program, cancellationToken);
        try
        {
            return await RunFile(ToolOf(sdk), server, key, [file], cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string ToolOf(string sdk)
    {
        var tool = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../tools", sdk));
        Assert.True(Directory.Exists(tool), $"{tool} is missing: ./sandbox test installs it.");
        return tool;
    }

    private static async Task<string> RunFile(string tool, Uri server, string key, string[] script, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", script)
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
