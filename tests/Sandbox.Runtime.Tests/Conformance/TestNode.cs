using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>
/// A node of its own on this host: own instance, own host user ids, one engine. Two nodes never see each other's
/// sandboxes. An engine that is missing fails every test that needs it.
/// </summary>
public abstract class TestNode(string engine, IsolationClass isolation) : IAsyncLifetime
{
    private const int MaxSandboxes = 32;

    private const int MaxNodes = 400;

    // Classes run side by side: what has another node's ids must never pass for this one's.
    private static int _nodes = RandomNumberGenerator.GetInt32(MaxNodes);

    private readonly KeptLog _log = new();
    private readonly long _firstHostId = 2_000_000_000 + (Interlocked.Increment(ref _nodes) % MaxNodes * (long)MaxSandboxes * IdRanges.Size);
    private ServiceProvider? _services;

    public string Engine => engine;

    public IsolationClass Isolation => isolation;

    public string Instance { get; } = "t" + RandomNumberGenerator.GetHexString(11, lowercase: true);

    public ISandboxRuntime Runtime => Services.GetRequiredService<ISandboxRuntime>();

    public KernelStarter Kernels => Services.GetRequiredService<KernelStarter>();

    public TemplateRegistry Templates => Services.GetRequiredService<TemplateRegistry>();

    public TemplateProbe Probe => Services.GetRequiredService<TemplateProbe>();

    public ITemplateRoots Roots => Services.GetRequiredService<ITemplateRoots>();

    /// <summary>What the node logged.</summary>
    public string Log => _log.ToString();

    /// <summary>What sandboxes of this node have left on the host.</summary>
    internal NodeTraces Traces => new(Services.GetRequiredService<HostLayout>(), _firstHostId, MaxSandboxes);

    internal ICgroupHierarchy Groups => Services.GetRequiredService<ICgroupHierarchy>();

    internal HostLayout Layout => Services.GetRequiredService<HostLayout>();

    private ServiceProvider Services => _services ?? throw new InvalidOperationException("The node was not started.");

    public async ValueTask InitializeAsync()
    {
        await Restart();
        if (!Runtime.Available.Contains(isolation))
            throw new InvalidOperationException($"{engine} does not work on this host, and the tests need it: apt-get install {engine}.\n{_log}");
    }

    /// <summary>Does what a server does that starts again after it was killed: nothing of the earlier process is used on.</summary>
    public async Task Restart()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        _services = Build();
        await Runtime.Initialize(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it as a server ends that is told to.</summary>
    public async Task Stop()
    {
        await Services.DisposeAsync();
        _services = null;
    }

    /// <summary>Another process of the same node, as far as the runtime can tell; disposing of it ends it.</summary>
    internal async Task<ServiceProvider> StartAnother()
    {
        var services = Build();
        await services.GetRequiredService<ISandboxRuntime>().Initialize(TestContext.Current.CancellationToken);
        return services;
    }

    public SandboxSpec Spec(SandboxLimits limits) => new("default", isolation, limits);

    public async ValueTask DisposeAsync()
    {
        if (_services is null)
            return;
        await Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        await Traces.RemoveInstance();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private ServiceProvider Build()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sandbox:Runtime:Instance"] = Instance,
            ["Sandbox:Runtime:AgentDirectory"] = AgentDirectory(),
            ["Sandbox:Runtime:StandardEngine"] = isolation == IsolationClass.Standard ? engine : "auto",
            ["Sandbox:Runtime:FirstHostId"] = $"{_firstHostId}",
            ["Sandbox:Runtime:MaxSandboxes"] = $"{MaxSandboxes}",
        }).Build();
        return new ServiceCollection()
            .AddSingleton(_log)
            .AddSingleton(typeof(ILogger<>), typeof(KeptLogger<>))
            .AddSandboxRuntime(configuration)
            .BuildServiceProvider();
    }

    private static string AgentDirectory()
    {
        if (Environment.GetEnvironmentVariable("Sandbox__AgentDirectory") is { Length: > 0 } given)
            return given;
        var root = typeof(TestNode).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        return Path.Combine(root, "artifacts", "publish", "agent");
    }
}

/// <summary>Whatever this host takes for the isolation class standard.</summary>
public sealed class DefaultNode() : TestNode("auto", IsolationClass.Standard);

public sealed class CrunNode() : TestNode("crun", IsolationClass.Standard);

public sealed class RuncNode() : TestNode("runc", IsolationClass.Standard);

public sealed class GvisorNode() : TestNode("runsc", IsolationClass.Strong);
