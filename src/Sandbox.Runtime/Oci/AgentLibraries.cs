using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// The dynamic loader and the libraries that the agent runs with where a template has programs of its own: copied from the
/// host, for which the agent was built. Programs of the template never see them.
/// </summary>
internal static class AgentLibraries
{
    private const string Folder = "lib";

    private static string LoaderPath => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2";

    /// <summary>The words that start a program with them, given the folder that holds them inside.</summary>
    public static string[] Loader(string agentFolder) =>
        [$"{agentFolder}/{Folder}/{Path.GetFileName(LoaderPath)}", "--library-path", $"{agentFolder}/{Folder}"];

    /// <summary>Copies what a program needs to beside its copy.</summary>
    public static void Copy(string program, string target)
    {
        var libraries = Path.Combine(target, Folder);
        Directory.CreateDirectory(libraries);
        foreach (var library in Needed(program).Append(LoaderPath))
        {
            var copy = Path.Combine(libraries, Path.GetFileName(library));
            File.Copy(library, copy);
            File.SetUnixFileMode(copy, (UnixFileMode)0b101_101_101);
        }
    }

    // The loader says what it would load: "libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)".
    private static List<string> Needed(string program)
    {
        using var loader = Process.Start(new ProcessStartInfo(LoaderPath, ["--list", program]) { RedirectStandardOutput = true })
            ?? throw new SandboxStartException("The host's dynamic loader was not started.");
        var lines = loader.StandardOutput.ReadToEnd().Split('\n');
        loader.WaitForExit();
        if (loader.ExitCode != 0)
            throw new SandboxStartException($"The host's dynamic loader {LoaderPath} cannot run the agent {program}.");
        return [.. lines.Where(line => line.Contains(" => /", StringComparison.Ordinal)).Select(line => line.Split(" => ")[1].Split(" (")[0])];
    }
}
