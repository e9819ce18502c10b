using System.Globalization;
using Sandbox.Bench.Processes;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Templates;

namespace Sandbox.Bench.Baselines;

/// <summary><c>runc run</c> of a bundle that is hardened as a sandbox is: the price of isolation without this project.</summary>
internal sealed class RuncBaseline : IBaseline
{
    public const string Title = "runc run";

    private readonly TemporaryFolder _folder = new();
    private readonly string _cgroup = $"/sandbox-bench-{Environment.ProcessId}";
    private int _runs;

    /// <summary>Makes a bundle for each worker.</summary>
    public RuncBaseline(int workers)
    {
        HostTemplate.Build(_folder["root"]);
        for (var worker = 0; worker < workers; worker++)
        {
            Directory.CreateDirectory(Bundle(worker));
            File.WriteAllText(Path.Combine(Bundle(worker), "config.json"), RuncBundle.ToJson(_folder["root"], $"{_cgroup}/{worker}", worker));
        }
    }

    public string Name => Title;

    private string State => _folder["state"];

    public void Run(int worker, CancellationToken cancellationToken)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"bench-{Environment.ProcessId}-{Interlocked.Increment(ref _runs)}");
        MeasuredProgram.Check(Name, ChildProcess.Run(
            ["runc", "--root", State, "run", "--bundle", Bundle(worker), id],
            Path.Combine(Bundle(worker), "errors.log"), cancellationToken: cancellationToken));
    }

    public void Dispose()
    {
        // After an interruption, containers are left whose runc was killed.
        foreach (var container in Directory.Exists(State) ? Directory.GetDirectories(State) : [])
            ChildProcess.Run(["runc", "--root", State, "delete", "--force", Path.GetFileName(container)]);
        var cgroups = CgroupHost.Open(CgroupHost.Detect());
        cgroups.Kill(_cgroup);
        cgroups.Remove(_cgroup);
        _folder.Dispose();
    }

    private string Bundle(int worker) => _folder[string.Create(CultureInfo.InvariantCulture, $"bundle-{worker}")];
}
