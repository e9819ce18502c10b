using System.Globalization;

namespace Sandbox.Bench.Server;

/// <summary>The cgroup of a sandbox, read as any administrator would.</summary>
/// <param name="MemoryBytes">Memory in use.</param>
/// <param name="Programs">Names of its processes.</param>
internal sealed record SandboxCgroups(long MemoryBytes, IReadOnlyList<string> Programs)
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>All sandboxes of a server that live now.</summary>
    public static IEnumerable<SandboxCgroups> Of(string instance)
    {
        var isUnified = File.Exists(Path.Combine(Root, "cgroup.controllers"));
        var parent = Path.Combine(isUnified ? Root : Path.Combine(Root, "memory"), "sandbox-" + instance);
        foreach (var folder in Directory.Exists(parent) ? Directory.EnumerateDirectories(parent, "sbx_*") : [])
        {
            if (Read(folder, isUnified ? "memory.current" : "memory.usage_in_bytes") is { } sandbox)
                yield return sandbox;
        }
    }

    /// <summary>Processor time that all sandboxes of a server have used, in seconds.</summary>
    public static double ProcessorSeconds(string instance)
    {
        var unified = Path.Combine(Root, "sandbox-" + instance, "cpu.stat");
        return File.Exists(unified)
            ? long.Parse(File.ReadLines(unified).First(line => line.StartsWith("usage_usec ", StringComparison.Ordinal))["usage_usec ".Length..], CultureInfo.InvariantCulture) / 1e6
            : long.Parse(File.ReadAllText(Path.Combine(Root, "cpuacct", "sandbox-" + instance, "cpuacct.usage")).Trim(), CultureInfo.InvariantCulture) / 1e9;
    }

    /// <summary>Whether a program of this name, or of a version of it, runs inside.</summary>
    public bool Runs(string program) => Programs.Any(name => name.StartsWith(program, StringComparison.Ordinal));

    private static SandboxCgroups? Read(string folder, string memoryFile)
    {
        try
        {
            var memory = long.Parse(File.ReadAllText(Path.Combine(folder, memoryFile)).Trim(), CultureInfo.InvariantCulture);
            var programs = File.ReadAllLines(Path.Combine(folder, "cgroup.procs")).Select(pid => File.ReadAllText($"/proc/{pid}/comm").Trim());
            return new SandboxCgroups(memory, [.. programs]);
        }
        catch (IOException)
        {
            // It ended while it was looked at.
            return null;
        }
    }
}
