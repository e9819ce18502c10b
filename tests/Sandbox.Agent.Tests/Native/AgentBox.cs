using System.Diagnostics;
using System.Globalization;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>A running agent in process and mount namespaces of its own, with a root folder like a sandbox's.</summary>
internal sealed class AgentBox : IAsyncDisposable
{
    public const string Token = "the-token-of-this-sandbox";

    private const string Script = """
        set -e
        mount -t tmpfs root "$ROOT"
        cd "$ROOT"
        mkdir -p usr etc dev proc run/sandbox opt/sandbox workspace tmp
        for folder in bin lib lib64 sbin; do ln -s "usr/$folder" "$folder"; done
        mount --rbind /usr usr
        mount --rbind /etc etc
        mount --rbind /dev dev
        mount --bind "$RUN" run/sandbox
        mount --bind "$AGENT" opt/sandbox
        mount -t tmpfs -o "size=$DISK,nr_inodes=$INODES,mode=0755,uid=1000,gid=1000" workspace workspace
        mount -t tmpfs -o "size=$DISK,nr_inodes=4096,mode=1777" tmp tmp
        mount -t proc proc proc
        exec env -u ROOT -u RUN -u AGENT -u DISK -u INODES chroot . /opt/sandbox/sandbox-agent --socket /run/sandbox/agent.sock
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("agent-test-").FullName;
    private readonly Process process;

    private AgentBox(AgentBinary binary, string disk, int inodes)
    {
        string run = Directory.CreateDirectory(Path.Combine(folder, "run"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        SocketPath = Path.Combine(run, "agent.sock");
        var start = new ProcessStartInfo("unshare", ["--pid", "--fork", "--kill-child", "--mount", "--ipc", "sh", "-c", Script]);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["ROOT"] = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        start.Environment["RUN"] = run;
        start.Environment["AGENT"] = binary.Folder;
        start.Environment["DISK"] = disk;
        start.Environment["INODES"] = inodes.ToString(CultureInfo.InvariantCulture);
        start.Environment["SANDBOX_TOKEN"] = Token;
        process = Process.Start(start)!;
    }

    public static IReadOnlyDictionary<string, string> Env { get; } =
        new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["HOME"] = "/workspace", ["LANG"] = "C.UTF-8" };

    public string SocketPath { get; }

    /// <summary>The agent's process id as the host sees it.</summary>
    public int AgentPid => int.Parse(
        File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Trim(), CultureInfo.InvariantCulture);

    public bool HasExited => process.HasExited;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<AgentBox> Start(AgentBinary binary, string disk = "64m", int inodes = 4096)
    {
        var box = new AgentBox(binary, disk, inodes);
        try
        {
            await using AgentClient client = await box.Connect();
            // Also for when the tests themselves are killed.
            await client.SetDeadline(TimeSpan.FromMinutes(2), Cancellation);
            return box;
        }
        catch
        {
            await box.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects as soon as the agent listens.</summary>
    public async Task<AgentClient> Connect() => await AgentClient.ConnectAsync(await OpenSocket(), Token, Cancellation);

    public async Task<Stream> OpenSocket()
    {
        while (true)
        {
            try
            {
                return await AgentSocket.Connect(SocketPath, Cancellation);
            }
            catch (AgentConnectionException) when (!process.HasExited)
            {
                await Task.Delay(5, Cancellation);
            }
        }
    }

    public Task WaitForExit() => process.WaitForExitAsync(Cancellation);

    /// <summary>Processes inside, the agent included.</summary>
    public int CountProcesses()
    {
        string space = File.ResolveLinkTarget($"/proc/{AgentPid}/ns/pid", returnFinalTarget: false)!.Name;
        return Directory.EnumerateDirectories("/proc").Count(entry =>
            int.TryParse(Path.GetFileName(entry), out _) && SpaceOf(entry) == space);
    }

    /// <summary>The most memory that the agent ever had resident.</summary>
    public int PeakResidentKilobytes => int.Parse(Status("VmHWM").Split(' ')[0], CultureInfo.InvariantCulture);

    public string Status(string field) => File.ReadLines($"/proc/{AgentPid}/status")
        .Single(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string? SpaceOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "ns/pid"), returnFinalTarget: false)?.Name;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
