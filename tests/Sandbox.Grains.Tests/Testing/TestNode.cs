using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Nodes;
using Sandbox.Grains.Sandboxes;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Workflows;
using Sandbox.Runtime;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Pool;
using Sandbox.Runtime.Templates;
using Sandbox.Testing.Policies;
using Sandbox.Testing.Secrets;
using Sandbox.Testing.Storage;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>A node: real grains, admission and runs in a silo; scripted sandboxes; storage and clock in memory.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Name = "node";

    private InProcessTestCluster? _cluster;

    public TestNode()
    {
        States = new MemoryStates(Audit);
        Usage = new MemoryUsage(States, Artifacts);
        (Roots, Templates) = (new ScriptedRoots(Runtime), new MemoryTemplates(States, Audit));
    }

    public MemoryStates States { get; }

    public ScriptedRuntime Runtime { get; } = new();

    public MemoryOutputs Outputs { get; } = new();

    public MemoryArtifacts Artifacts { get; } = new();

    public MemoryUsage Usage { get; }

    public MemorySteps Steps { get; } = new();

    public MemoryPolicyStore Policies { get; } = new();

    public MemorySecretStore Secrets { get; } = new();

    public MemoryNodeStore Drains { get; } = new();

    public MemoryAgentKeys Keys { get; } = new();

    public MemoryWorkflowMemory Memory { get; } = new();

    public ScriptedRoots Roots { get; }

    public MemoryTemplates Templates { get; }

    public MemoryAuditLog Audit { get; } = new();

    public TestTime Time { get; } = new();

    public int Slots { get; set; } = 4;

    public int QueueLength { get; set; } = 100;

    /// <summary>Whether a sandbox for Python is kept ready.</summary>
    public bool Pooled { get; set; }

    /// <summary>Further configuration.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public NodeAdmission Admission => Service<NodeAdmission>();

    public IGrainFactory Grains => _cluster!.Client;

    public ISessionGrain Session(SessionId id) => Grains.GetGrain<ISessionGrain>(id.ToString());

    public INodes Nodes => Service<INodes>();

    public ISnapshotGrain Snapshot(SnapshotId id) => Grains.GetGrain<ISnapshotGrain>(id.ToString());

    public ITemplateCatalogueGrain Catalogue => Grains.GetGrain<ITemplateCatalogueGrain>(0);

    public IArtifactUploads Uploads => Service<IArtifactUploads>();

    public ITemplateImports Imports => Service<ITemplateImports>();

    public IPolicyGrain Policy(string name = PolicyName.Default, string tenant = "tenant") =>
        Grains.GetGrain<IPolicyGrain>(new PolicyName(tenant, name).ToString());

    public IJobGrain Job(JobId id) => Grains.GetGrain<IJobGrain>(id.ToString());

    public IWorkflowGrain Workflow(WorkflowId id) => Grains.GetGrain<IWorkflowGrain>(id.ToString());

    public async Task Start()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            Configure(silo.Services);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync(Patience.Token);
        await Service<NodeLifecycle>().Ready.WaitAsync(Patience.Token);
    }

    /// <summary>Ends the process; what is on disk and in sandboxes stays.</summary>
    public async Task Stop()
    {
        if (_cluster is not { } cluster)
            return;
        _cluster = null;
        await cluster.StopAllSilosAsync();
        await cluster.DisposeAsync();
    }

    /// <summary>Ends a job's activation, as a fault of the silo would, without ending the process.</summary>
    public Task Deactivate(JobId id) => _cluster!.DeactivateAsync(Job(id));

    /// <summary>Completes when no work holds or awaits room and no sandbox is left, but for those that are kept ready.</summary>
    public async Task Idle()
    {
        var pool = Service<SandboxPool>();
        while (Admission.Running + Admission.Queued > 0 || Runtime.Live.Count > pool.Ready.Values.Sum())
        {
            Patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Completes when no session holds a sandbox.</summary>
    public async Task SessionsEnded()
    {
        while (States.Sessions.Any(row => row.SandboxId is not null))
        {
            Patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync() => await Stop();

    private T Service<T>()
        where T : notnull => _cluster!.GetSiloServiceProvider().GetRequiredService<T>();

    private void Configure(IServiceCollection services)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sandbox:Node:Name"] = Name,
            ["Sandbox:Node:Slots"] = $"{Slots}",
            ["Sandbox:Node:MemoryBytes"] = $"{1L << 40}",
            ["Sandbox:Node:QueueLength"] = $"{QueueLength}",
            ["Sandbox:Runtime:AgentDirectory"] = "/nowhere",
            ["Sandbox:Pool:Enabled"] = $"{Pooled}",
            ["Sandbox:Pool:MaxPerKey"] = "1",
        }).AddInMemoryCollection(Settings).Build();
        services.AddGrainStorage("Default", (_, _) => States);
        services.AddSingleton<ISandboxRuntime>(Runtime);
        services.AddSingleton<IOutputStore>(Outputs);
        services.AddSingleton<IArtifactStore>(Artifacts);
        services.AddSingleton<ITenantUsage>(Usage);
        services.AddSingleton<IJobQueries>(new MemoryQueries(States));
        services.AddSingleton<ISessionQueries>(new MemorySessionQueries(States));
        services.AddSingleton<IServiceQueries>(new MemoryServiceQueries(States));
        services.AddSingleton<ISnapshotQueries>(new MemorySnapshotQueries(States));
        services.AddSingleton<IWorkflowQueries>(new MemoryWorkflowQueries(States));
        services.AddSingleton<IWorkflowMemory>(Memory);
        services.AddSingleton<INodeStore>(Drains);
        services.AddSingleton<IApiKeyStore>(Keys);
        services.AddSingleton<IStepStore>(Steps);
        services.AddSingleton<IPolicyStore>(Policies);
        services.AddSingleton<ISecretStore>(Secrets);
        services.AddSingleton<ITemplateStore>(Templates);
        services.AddSingleton<IAuditLog>(Audit);
        services.AddSingleton(NoWebhooks.Create());
        services.AddSingleton<ITemplateRoots>(Roots);
        services.Configure<LanguageOptions>(options =>
        {
            options.Languages.Clear();
            options.Languages["python"] = new Language { Kernel = ["/usr/bin/python3"], WarmStandard = 1 };
        });
        // What the tests watch goes by their clock; the silo goes by the real one.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<JobRunner>(provider, Time));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<NodeAdmission>(provider, Time));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkflowServices>(provider, Time));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionSandboxes>(provider, Time));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionServices>(provider, Time));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SandboxSweep>(provider, Time));
        services.AddSandboxRuntime(configuration);
        services.AddSandboxGrains(configuration);
    }
}
