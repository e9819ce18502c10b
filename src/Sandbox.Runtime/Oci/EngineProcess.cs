using System.Diagnostics;

namespace Sandbox.Runtime.Oci;

/// <summary>Runs an engine's command to its end, with bounded time and output.</summary>
internal static class EngineProcess
{
    private const int MaxOutput = 8192;

    private static readonly string Launcher = Path.Combine(AppContext.BaseDirectory, "sandbox-launch");

    /// <summary>Runs a command and answers with its exit code and the end of what it said.</summary>
    /// <param name="argv">Program and arguments.</param>
    /// <param name="logFile">File for what it says.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <param name="mountNamespace">File that holds the mount namespace to run it in; null for the server's own.</param>
    public static async Task<(int ExitCode, string Output)> Run(
        IReadOnlyList<string> argv, string logFile, CancellationToken cancellationToken, string? mountNamespace = null)
    {
        using var process = Process.Start(new ProcessStartInfo(Launcher, [logFile, mountNamespace ?? "-", .. argv]))
            ?? throw new InvalidOperationException("The launcher was not started.");
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, process.ExitCode == 0 ? string.Empty : Tail(logFile));
    }

    private static string Tail(string logFile)
    {
        try
        {
            using var file = File.OpenRead(logFile);
            file.Seek(-Math.Min(file.Length, MaxOutput), SeekOrigin.End);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd().Trim();
        }
        catch (IOException)
        {
            return "(no output)";
        }
    }
}
