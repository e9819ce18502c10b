using System.Runtime.InteropServices;
using Sandbox.Bench.Processes;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Bench.Reporting;

/// <summary>The machine that the numbers are from.</summary>
internal sealed record MachineFacts
{
    public required int Cores { get; init; }

    public required string Processor { get; init; }

    public required long MemoryBytes { get; init; }

    public required string Kernel { get; init; }

    public required string System { get; init; }

    public required string Dotnet { get; init; }

    public required string Cgroups { get; init; }

    /// <summary>Load of the last minute when the run began: above 0.5 or so, the numbers are not worth much.</summary>
    public required double LoadAverage { get; init; }

    /// <summary>Programs that take part, with their versions; null for those that are not here.</summary>
    public required IReadOnlyDictionary<string, string?> Programs { get; init; }

    public static MachineFacts Read() => new()
    {
        Cores = Environment.ProcessorCount,
        Processor = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        System = RuntimeInformation.OSDescription,
        Dotnet = RuntimeInformation.FrameworkDescription,
        Cgroups = CgroupHost.Detect().ToString(),
        LoadAverage = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], global::System.Globalization.CultureInfo.InvariantCulture),
        Programs = new Dictionary<string, string?>
        {
            ["python3"] = Version("/usr/bin/python3", "--version"),
            ["runc"] = Version("runc", "--version"),
            ["crun"] = Version("crun", "--version"),
            ["runsc"] = Version("runsc", "--version"),
            ["docker"] = Version("docker", "version", "--format", "{{.Server.Version}}"),
        },
    };

    /// <summary>One line for people.</summary>
    public string Summary() =>
        $"{Cores} cores ({Processor}), {MemoryBytes / 1e9:F0} GB, {System}, kernel {Kernel}, cgroups {Cgroups}, {Dotnet}, load {LoadAverage}; "
        + string.Join(", ", Programs.Select(program => $"{program.Key}: {program.Value ?? "none"}"));

    private static string? Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    private static string? Version(params string[] command)
    {
        try
        {
            var result = ChildProcess.Run(command);
            return result.ExitCode == 0 ? result.Output.Split('\n')[0].Trim() : null;
        }
        catch (BenchException)
        {
            return null;
        }
    }
}
