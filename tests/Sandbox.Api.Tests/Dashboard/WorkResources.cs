using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Testing.Storage;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>What runs or ran in the default tenant, new for each call, by the placeholders of its routes.</summary>
internal static class WorkResources
{
    public static Dictionary<string, string> NewJob(ApiServer server, GrainCluster cluster)
    {
        var (id, script) = cluster.Jobs.Create(JobStatus.Succeeded);
        server.Queries.Add(script.View);
        return new() { ["{id}"] = id.ToString() };
    }

    public static Dictionary<string, string> NewArtifact(ApiServer server) => new() { ["{id}"] = server.Artifacts.Add(WellKnownTenants.Default, "a", [1]).Id };

    public static async Task<Dictionary<string, string>> NewSession(ApiServer server)
    {
        var id = await Made(server, "/v1/sessions", "{}");
        await server.Client.PostJson($"/v1/sessions/{id}/steps", """{"code": "picture"}""");
        ((MemorySessionFiles)server.Services.GetService(typeof(MemorySessionFiles))!).Content["a"] = [1];
        return new() { ["{id}"] = id, ["{sequence}"] = "1", ["{index:int}"] = "0" };
    }

    public static async Task<Dictionary<string, string>> NewService(ApiServer server) =>
        new() { ["{id}"] = await Made(server, "/v1/services", """{"command": ["true"], "port": 8000}""") };

    public static async Task<Dictionary<string, string>> NewWorkflow(ApiServer server)
    {
        var id = await Made(server, "/v1/workflows", """{"steps": [{"id": "a", "job": {"language": "python", "code": "1"}}]}""");
        ((MemoryWorkflowMemory)server.Services.GetService(typeof(MemoryWorkflowMemory))!).Begin(WellKnownTenants.Default, id, "k");
        return new() { ["{id}"] = id, ["{key}"] = "k" };
    }

    private static async Task<string> Made(ApiServer server, string path, string request)
    {
        JsonElement made = await (await server.Client.PostJson(path, request)).Json();
        return made.GetProperty("id").GetString()!;
    }
}
