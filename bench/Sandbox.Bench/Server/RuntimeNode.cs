using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Pool;

namespace Sandbox.Bench.Server;

/// <summary>The runtime of a node in this process, without a server: for what no route shows by itself.</summary>
internal sealed class RuntimeNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private RuntimeNode(ServiceProvider services) => _services = services;

    public ISandboxRuntime Runtime => _services.GetRequiredService<ISandboxRuntime>();

    public static async Task<RuntimeNode> Start(Repository repository, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sandbox:Runtime:Instance"] = "benchmemory",
            ["Sandbox:Runtime:AgentDirectory"] = Path.Combine(repository.Root, "artifacts", "publish", "agent"),
            // Beside those of the server.
            ["Sandbox:Runtime:FirstHostId"] = "2500000000",
            ["Sandbox:Runtime:MaxSandboxes"] = "64",
        }).Build();
        var node = new RuntimeNode(new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSandboxRuntime(configuration)
            .BuildServiceProvider());
        await node.Runtime.Initialize(cancellationToken);
        return node;
    }

    /// <summary>A gVisor sandbox with a Python kernel.</summary>
    public async Task<SandboxHandle> StartPython(SandboxSpec spec, CancellationToken cancellationToken)
    {
        var sandbox = await Runtime.Create(spec, cancellationToken);
        await _services.GetRequiredService<KernelStarter>().Start(sandbox, "python", cancellationToken);
        return sandbox;
    }

    /// <summary>What a sandbox of this node is.</summary>
    public static SandboxSpec Strong { get; } = new(Sandbox.Runtime.Templates.HostTemplate.Name, IsolationClass.Strong, new PoolOptions().Limits);

    /// <summary>Runs a step and answers with what it printed.</summary>
    public static async Task<string> Step(SandboxHandle sandbox, string code, CancellationToken cancellationToken)
    {
        var start = new ExecStart(
            KernelStarter.KernelId, [], new Dictionary<string, string>(), SandboxEnvironment.Workspace, new ExecLimits(60, 1 << 20), KillAllOnExit: false, Step: true);
        await using var exec = await sandbox.Agent.Exec(new ExecRequest(Guid.NewGuid().ToString("n"), 0, start), Encoding.UTF8.GetBytes(code), default, cancellationToken);
        var printed = new StringBuilder();
        await foreach (var output in exec.Output(cancellationToken))
        {
            if (output.Stream == OutputStream.Stdout)
                printed.Append(Encoding.UTF8.GetString(output.Data.Span));
            await exec.Acknowledge(output.Sequence, cancellationToken);
        }

        await exec.Result.WaitAsync(cancellationToken);
        return printed.ToString();
    }

    public async Task Remove(SandboxHandle sandbox)
    {
        await sandbox.DisposeAsync();
        await Runtime.Destroy(sandbox.Id, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        await _services.DisposeAsync();
    }
}
