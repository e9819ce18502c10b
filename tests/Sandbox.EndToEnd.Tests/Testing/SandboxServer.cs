using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>The product as a process of its own, with the programs that it is shipped with.</summary>
internal sealed partial class SandboxServer : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private static readonly string Output = AppContext.BaseDirectory.TrimEnd('/');
    private static readonly string Assembly = Path.GetFullPath(Path.Combine(Output, "../../Sandbox.Api", Path.GetFileName(Output), "Sandbox.Api.dll"));
    private static readonly string Agent = Environment.GetEnvironmentVariable("Sandbox__AgentDirectory")
        ?? Path.GetFullPath(Path.Combine(Output, "../../../publish/agent"));

    /// <summary>A server that keeps sandboxes ready, as one does where nothing else is set.</summary>
    public static readonly (string Name, string Value) WithPool = ("Sandbox__Pool__MaxPerKey", "4");

    private readonly Process _process;
    private readonly DataDirectory _data;

    private SandboxServer(Process process, DataDirectory data, SandboxClient client)
    {
        _process = process;
        _data = data;
        Client = client;
    }

    public SandboxClient Client { get; }

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static Task<SandboxServer> Start(DataDirectory data, CancellationToken cancellationToken, params (string Name, string Value)[] settings) =>
        Join(Launch(data, settings), data, cancellationToken);

    /// <summary>Starts one of several processes that share the data folder, and waits until it is ready.</summary>
    public static Task<SandboxServer> StartMember(
        DataDirectory data, int member, CancellationToken cancellationToken, params (string Name, string Value)[] settings) =>
        Join(Launch(data, [("Sandbox__Members", "2"), ("Sandbox__Member", $"{member}"), .. settings]), data, cancellationToken, member);

    /// <summary>Takes over a process that was launched, and waits until it is ready.</summary>
    public static async Task<SandboxServer> Join(Process process, DataDirectory data, CancellationToken cancellationToken, int member = 1)
    {
        try
        {
            var url = await Eventually.Value(() => Task.FromResult(AnnouncedUrl(data.ServerFileOf(member), process)), "the server announces its address", cancellationToken);
            var client = new SandboxClient(url, data.OperatorKey);
            await Eventually.True(() => IsReady(client, cancellationToken), "the server is ready", cancellationToken);
            return new SandboxServer(process, data, client);
        }
        catch (Exception e)
        {
            Signal(process, SigKill);
            throw new InvalidOperationException($"The server did not start.\n{File.ReadAllText(data.LogFile)}", e);
        }
    }

    /// <summary>Starts a server process and leaves it to the caller.</summary>
    public static Process Launch(DataDirectory data, params (string Name, string Value)[] settings)
    {
        // The shell becomes the server; its output goes to a file, so that no pipe of ours is inherited by sandboxes.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >>\"$1\" 2>&1", Assembly, data.LogFile]);
        start.Environment["Sandbox__DataDirectory"] = data.Root;
        start.Environment["Sandbox__AgentDirectory"] = Agent;
        // A pool is filled at every start, and most tests need one sandbox.
        start.Environment["Sandbox__Pool__MaxPerKey"] = "0";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>A line of the kernel's report on the process, such as VmHWM, in bytes.</summary>
    public long MemoryOf(string name) => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Ends the process at once, as a crash does.</summary>
    public async Task Kill(CancellationToken cancellationToken)
    {
        Signal(_process, SigKill);
        await _process.WaitForExitAsync(cancellationToken);
        Client.Dispose();
    }

    /// <summary>Asks the process to end, and expects it to end well.</summary>
    public async Task Stop(CancellationToken cancellationToken)
    {
        Signal(_process, SigTerm);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Eventually.Deadline, cancellationToken);
        Client.Dispose();
        Assert.True(_process.ExitCode == 0, $"Exit code {_process.ExitCode}.\n{File.ReadAllText(_data.LogFile)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(_process, SigTerm);
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            await _process.WaitForExitAsync(deadline.Token);
        }

        Client.Dispose();
        _process.Dispose();
    }

    private static string? AnnouncedUrl(string file, Process process)
    {
        if (process.HasExited)
            throw new InvalidOperationException($"The server ended with exit code {process.ExitCode}.");
        if (!File.Exists(file))
            return null;
        using var server = JsonDocument.Parse(File.ReadAllText(file));
        // A server that was killed has left its file.
        return server.RootElement.GetProperty("pid").GetInt32() == process.Id ? server.RootElement.GetProperty("url").GetString() : null;
    }

    private static async Task<bool> IsReady(SandboxClient client, CancellationToken cancellationToken)
    {
        using var answer = await client.Http.GetAsync("/health/ready", cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static void Signal(Process process, int signal)
    {
        if (!process.HasExited && SendSignal(process.Id, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
