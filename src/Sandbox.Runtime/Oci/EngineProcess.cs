using System.Diagnostics;

namespace Sandbox.Runtime.Oci;

/// <summary>Runs an engine's command to its end, with bounded time and output.</summary>
internal static class EngineProcess
{
    private const int MaxOutput = 8192;

    /// <summary>Runs a command and answers with its exit code and the end of what it said.</summary>
    public static async Task<(int ExitCode, string Output)> Run(IReadOnlyList<string> argv, string logFile, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("/bin/sh")
            {
                // A sandbox inherits the engine's descriptors. It gets /dev/null and a log file, never a pipe of this
                // process: a pipe would stay open as long as the sandbox, and a stranger would hold its other end.
                ArgumentList = { "-c", "exec \"$@\" </dev/null >\"$SANDBOX_LOG\" 2>&1", "sh" },
                Environment = { ["SANDBOX_LOG"] = logFile },
                UseShellExecute = false,
            },
        };
        foreach (var argument in argv)
            process.StartInfo.ArgumentList.Add(argument);
        process.Start();
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
