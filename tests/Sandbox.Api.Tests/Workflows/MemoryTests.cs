using System.Net;
using System.Text;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Testing.Storage;

namespace Sandbox.Api.Tests.Workflows;

public sealed class MemoryTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Key_IsWrittenReadAndRemoved_UnderItsConditions()
    {
        var path = $"{Begin()}/k";
        await (await Client.Get(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
        var made = await Put(path, """{"a": [1, "ü"]}""", ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var tag = made.Headers.ETag!.Tag;
        var read = await Client.Get(path);
        Assert.Equal(("""{"a": [1, "ü"]}""", tag, "application/json"), (await read.Text(), read.Headers.ETag!.Tag, read.Content.Headers.ContentType!.MediaType));
        await (await Put(path, "1", ("If-None-Match", "*"))).AssertProblem(HttpStatusCode.PreconditionFailed, "memory_changed");
        await (await Put(path, "1", ("If-Match", "\"0\""))).AssertProblem(HttpStatusCode.PreconditionFailed, "memory_changed");
        await (await Put(path, "1", ("If-Match", $"W/{tag}"))).AssertProblem(HttpStatusCode.PreconditionFailed, "memory_changed");
        Assert.Equal(HttpStatusCode.OK, (await Put(path, "1", ("If-Match", $"\"99\", {tag}"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Put(path, "null", ("If-Match", "*"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete(path)).StatusCode);
        await (await Client.Delete(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Key_ThatIsWrong_OrTooMuch_IsRefused()
    {
        var path = Begin();
        Assert.Equal(["key"], await (await Put($"{path}/a%20b", "1")).AssertInvalid());
        Assert.Equal(["$"], await (await Put($"{path}/k", "{")).AssertInvalid());
        Assert.Equal(["If-Match"], await (await Put($"{path}/k", "1", ("If-Match", "x"))).AssertInvalid());
        Assert.Equal(["If-None-Match"], await (await Put($"{path}/k", "1", ("If-None-Match", "\"1\""))).AssertInvalid());
        await (await Put($"{path}/k", $"\"{new string('x', 200)}\"")).AssertProblem(HttpStatusCode.RequestEntityTooLarge, "memory_value_too_large");
        for (var i = 0; i < 10; i++)
            await Put($"{path}/k{i}", "1");
        await (await Put($"{path}/one-more", "1")).AssertProblem(HttpStatusCode.Conflict, "workflow_memory_full");
        await (await Put("/v1/workflows/wfl_1/memory/k", "1")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task List_ComesInPages()
    {
        var path = Begin("a", "b", "c");
        var page = await (await Client.Get($"{path}?limit=2")).Json();
        Assert.Equal(("a", "b", 2), (page.GetProperty("items")[0].GetProperty("key").GetString(), page.GetProperty("nextCursor").GetString(), page.GetProperty("items").GetArrayLength()));
        var rest = await (await Client.Get($"{path}?limit=2&cursor=b")).Json();
        Assert.Equal("c", rest.GetProperty("items")[0].GetProperty("key").GetString());
        Assert.False(rest.TryGetProperty("nextCursor", out _));
        await (await Client.Get($"{path}?cursor=%20")).AssertInvalid();
    }

    private string Begin(params string[] keys)
    {
        var id = WorkflowId.New().ToString();
        ((MemoryWorkflowMemory)fixture.Server.Services.GetService(typeof(MemoryWorkflowMemory))!).Begin(WellKnownTenants.Default, id, keys);
        return $"/v1/workflows/{id}/memory";
    }

    private Task<HttpResponseMessage> Put(string path, string json, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
