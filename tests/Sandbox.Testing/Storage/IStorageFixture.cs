using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Testing.Storage;

/// <summary>A storage backend under test, migrated and empty or shared by tests that keep to tenants of their own.</summary>
public interface IStorageFixture
{
    /// <summary>The services as the backend registers them.</summary>
    IServiceProvider Services { get; }
}

/// <summary>The ports of a backend.</summary>
public static class StorageFixturePorts
{
    public static IGrainStorage GrainStorage(this IStorageFixture fixture) =>
        fixture.Services.GetRequiredKeyedService<IGrainStorage>("Default");

    public static IJobQueries JobQueries(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IJobQueries>();

    public static ISessionQueries SessionQueries(this IStorageFixture fixture) => fixture.Services.GetRequiredService<ISessionQueries>();

    public static ISnapshotQueries SnapshotQueries(this IStorageFixture fixture) => fixture.Services.GetRequiredService<ISnapshotQueries>();

    public static IWorkflowQueries WorkflowQueries(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IWorkflowQueries>();

    public static IWorkflowMemory WorkflowMemory(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IWorkflowMemory>();

    public static IStepStore Steps(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IStepStore>();

    public static ITemplateStore Templates(this IStorageFixture fixture) => fixture.Services.GetRequiredService<ITemplateStore>();

    public static INodeStore Nodes(this IStorageFixture fixture) => fixture.Services.GetRequiredService<INodeStore>();

    public static IAuditQueries AuditQueries(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IAuditQueries>();

    public static ITenantStore Tenants(this IStorageFixture fixture) => fixture.Services.GetRequiredService<ITenantStore>();

    public static ITenantUsage Usage(this IStorageFixture fixture) => fixture.Services.GetRequiredService<ITenantUsage>();

    public static IApiKeyStore ApiKeys(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IApiKeyStore>();

    public static IPolicyStore Policies(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IPolicyStore>();

    public static IOutputStore JobOutput(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IOutputStore>();

    public static IArtifactStore Artifacts(this IStorageFixture fixture) => fixture.Services.GetRequiredService<IArtifactStore>();
}
