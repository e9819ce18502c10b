using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>
/// Programs of npm that are used as users use them. Which there are, in which versions, is said by the folders <c>clients/NAME</c> beside
/// the tests, each with a package.json and perhaps scripts of ours; <c>./sandbox test</c> installs them as <c>artifacts/tools/NAME</c>.
/// </summary>
internal static class NpmTools
{
    /// <summary>Where one is installed.</summary>
    public static string Folder(string name)
    {
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../tools", name));
        Assert.True(File.Exists(Path.Combine(folder, "package.json")), $"{folder} is missing: ./sandbox test installs it.");
        return folder;
    }

    /// <summary>Runs a program in a folder, with nothing to read; the exit code and all that it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> Run(
        string folder, string program, IEnumerable<string> arguments, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output + await errors);
    }
}
