using System.Diagnostics;
using System.Reflection;

[assembly: AssemblyFixture(typeof(Sandbox.Agent.Tests.Native.AgentBinary))]

namespace Sandbox.Agent.Tests.Native;

/// <summary>The agent as it is shipped: compiled ahead of time, once, and again only when its sources are newer.</summary>
public sealed class AgentBinary : IAsyncLifetime
{
    private static readonly string[] Sources = ["src/Sandbox.Agent", "src/Sandbox.Protocol"];

    private static string Root { get; } = typeof(AgentBinary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Folder with the binary and the kernels.</summary>
    public string Folder { get; } = Path.Combine(Root, "artifacts", "agent-for-tests");

    private string Binary => Path.Combine(Folder, "sandbox-agent");

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Binary) && File.GetLastWriteTimeUtc(Binary) >= NewestSource())
            return;
        var publish = new ProcessStartInfo("dotnet", ["publish", Path.Combine(Root, Sources[0]), "-c", "Release", "-o", Folder])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(publish)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        File.SetLastWriteTimeUtc(Binary, DateTime.UtcNow);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DateTime NewestSource() => Sources
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories))
        .Max(File.GetLastWriteTimeUtc);
}
