using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Tenants;

/// <summary>Keys of tenants on real servers: what they open, and that they open nothing more once they are revoked.</summary>
public sealed class KeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resource_OfAnotherTenant_DoesNotExist()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        using var red = (await MakeKey(server, "red", "admin")).Client;
        using var blue = (await MakeKey(server, "blue", "admin")).Client;
        var session = await SessionClient.Open(red, Token);
        await session.Write("f", [1], Token);
        var snapshot = await session.Keep(Token);
        var job = await red.Run(new { language = "python", code = "open('a', 'w').write('x')", artifacts = new[] { "a" } }, Token);
        var template = await red.MakeTemplate(new { name = "own", from = "default" }, Token);
        var artifact = job.Artifacts[0].Id;

        foreach (var path in (string[])
            [
                session.Path, $"{session.Path}/files/f", $"{session.Path}/steps", $"/v1/snapshots/{snapshot.Id}",
                $"/v1/jobs/{job.Id}", $"/v1/jobs/{job.Id}/events", $"/v1/artifacts/{artifact}", $"/v1/artifacts/{artifact}/content", $"/v1/templates/{template.Name}",
            ])
        {
            Assert.True(await blue.StatusOf(path, Token) == HttpStatusCode.NotFound, $"{path}: {await blue.StatusOf(path, Token)}");
            Assert.True(await red.StatusOf(path, Token) == HttpStatusCode.OK, $"{path}: {await red.StatusOf(path, Token)}");
        }

        Assert.Equal(HttpStatusCode.NotFound, await blue.Delete(session.Path, Token));
        Assert.Equal("snapshot_unknown", await blue.Refused("/v1/sessions", new { snapshot = snapshot.Id }, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal("template_unknown", await blue.Refused("/v1/sessions", new { template = "own" }, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Empty((await blue.List(string.Empty, Token)).Items);
        Assert.Equal("ready", (await session.Get(Token)).Status);
    }

    [Fact]
    public async Task Key_Revoked_OpensNothingInAnyProcessAndItsStreamIsCut()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var (id, key, first) = await MakeKey(pair.First, "red", "member");
        using var second = new SandboxClient(pair.Second.Client.Http.BaseAddress!.ToString(), key);
        var session = await SessionClient.Open(first, Token);
        var step = await new SessionClient(second, session.Id).Start(new { code = "import time\nprint('on', flush=True)\ntime.sleep(600)" }, Token);
        using var stream = await second.Http.GetAsync($"{session.Path}/steps/{step.Sequence}/events", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var events = await stream.Content.ReadAsStreamAsync(Token);

        using var revoked = await Ask(pair.First, HttpMethod.Delete, $"/v1/api-keys/{id}", "red", null);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await second.StatusOf("/v1/jobs", Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await first.StatusOf(session.Path, Token));
        await Assert.ThrowsAnyAsync<IOException>(() => events.CopyToAsync(Stream.Null, Token).WaitAsync(Eventually.Deadline, Token));
        using var over = await Ask(pair.Second, HttpMethod.Delete, session.Path, "red", null);
        Assert.Equal(HttpStatusCode.NoContent, over.StatusCode);
        first.Dispose();
        await pair.Stop(Token);
    }

    private static async Task<(string Id, string Key, SandboxClient Client)> MakeKey(SandboxServer server, string tenant, string role)
    {
        using var made = await Ask(server, HttpMethod.Post, "/v1/tenants", null, new { id = tenant, name = tenant });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var answer = await Ask(server, HttpMethod.Post, "/v1/api-keys", tenant, new { name = "test", role });
        var key = await SessionClient.ReadAs<JsonElement>(answer, HttpStatusCode.Created, Token);
        var text = key.GetProperty("key").GetString()!;
        return (key.GetProperty("id").GetString()!, text, new SandboxClient(server.Client.Http.BaseAddress!.ToString(), text));
    }

    private static async Task<HttpResponseMessage> Ask(SandboxServer server, HttpMethod method, string path, string? tenant, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (tenant is not null)
            request.Headers.Add("X-Tenant-Id", tenant);
        return await server.Client.Http.SendAsync(request, Token);
    }
}
