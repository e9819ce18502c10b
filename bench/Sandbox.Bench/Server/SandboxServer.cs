using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sandbox.Bench.Processes;
using Sandbox.Runtime;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Bench.Server;

/// <summary>A server of this bench's own, in another process and with a data folder of its own, by the script <c>sandbox</c>.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly Repository _repository;
    private readonly TemporaryFolder _folder = new();

    private int _process;

    private SandboxServer(Repository repository) => _repository = repository;

    /// <summary>Calls to it; set once it is up.</summary>
    public SandboxClient Client { get; private set; } = null!;

    /// <summary>What it keeps ready.</summary>
    public PoolGauge Pool { get; private set; } = null!;

    /// <summary>Name by which the server marks what it makes on this host.</summary>
    public string Instance => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Data)))[..12];

    /// <summary>False when it has ended by itself.</summary>
    public bool IsAlive => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process}"));

    private string Data => _folder["data"];

    public static async Task<SandboxServer> Start(Repository repository, ServerProfile profile, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var server = new SandboxServer(repository);
        try
        {
            // Seen through even when interrupted: a server half started could not be found and stopped.
            await server.Call(profile.Settings, "up", "--detach", "--port", "0");
            cancellationToken.ThrowIfCancellationRequested();
            await server.Connect(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        KeepLog();
        try
        {
            await Call(new Dictionary<string, string>(), "down");
            RemoveShared();
        }
        catch (BenchException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
        }

        _folder.Dispose();
    }

    private async Task Connect(CancellationToken cancellationToken)
    {
        using var facts = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Data, "server.json"), cancellationToken));
        var address = new Uri(facts.RootElement.GetProperty("url").GetString()!);
        _process = facts.RootElement.GetProperty("pid").GetInt32();
        var key = await File.ReadAllTextAsync(Path.Combine(Data, "operator.key"), cancellationToken);
        Client = new SandboxClient(address, key.Trim());
        Pool = new PoolGauge(Client);
    }

    // In a session of its own: Ctrl-C reaches this process only, which then stops the server in good order.
    private async Task Call(IReadOnlyDictionary<string, string> settings, params string[] verb)
    {
        var result = await Task.Run(() => ChildProcess.Run(
            ["setsid", "--wait", _repository.Script, .. verb, "--data", Data], _folder["script.log"], settings));
        if (result.ExitCode != 0)
            throw new BenchException($"./sandbox {verb[0]} failed: {result.Errors()}");
    }

    // The data folder goes; what the server said is needed when something went wrong.
    private void KeepLog()
    {
        var log = Path.Combine(Data, "server.log");
        if (!File.Exists(log))
            return;
        Directory.CreateDirectory(_repository.Results);
        File.Copy(log, Path.Combine(_repository.Results, "server.log"), overwrite: true);
    }

    // What a server keeps for its next start; this one has none.
    private void RemoveShared()
    {
        var options = new RuntimeOptions();
        CgroupHost.Open(CgroupHost.Detect()).Remove("/sandbox-" + Instance);
        foreach (var folder in new[] { options.RunDirectory, options.LibraryDirectory }.Select(parent => Path.Combine(parent, Instance)))
        {
            foreach (var mount in MountsBelow(folder))
                ChildProcess.Run(["umount", mount]);
            // Never through a mount: it could lead to files that are not the server's.
            if (Directory.Exists(folder) && MountsBelow(folder).Count == 0)
                Directory.Delete(folder, recursive: true);
        }
    }

    // The last one mounted first. The fifth field is the place of a mount.
    private static List<string> MountsBelow(string folder) =>
    [
        .. File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])
            .Where(place => place.StartsWith(folder + "/", StringComparison.Ordinal)).Reverse(),
    ];
}
