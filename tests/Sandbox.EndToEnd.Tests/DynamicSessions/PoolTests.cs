using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.DynamicSessions;

/// <summary>The door for clients of Azure's dynamic sessions, in both dialects.</summary>
public sealed class PoolTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Http => shared.Client.Http;

    [Fact]
    public async Task Execute_InBothDialects_SharesTheSessionOfTheIdentifier()
    {
        var pool = new PoolClient(Http, "chat 1/ü");

        var first = await pool.Execute("x = 40\nprint('hello')\nx + 2", Token);
        Assert.Equal(("Succeeded", "hello\n", "", 42), (
            Status(first), Output(first, "stdout"), Output(first, "stderr"), first.GetProperty("result").GetProperty("executionResult").GetInt32()));
        var second = await pool.ExecuteOld("'it is ' + str(x)", Token);
        Assert.Equal(("Success", "it is 40", ""), (Status(second), second.GetProperty("result").GetString(), second.GetProperty("stdout").GetString()));
        Assert.True(second.GetProperty("executionTimeInMilliseconds").GetInt64() >= 0);
        var other = await new PoolClient(Http, "chat 2").Execute("x", Token);
        Assert.Equal("Failed", Status(other));
        Assert.Contains("NameError", Output(other, "stderr"), StringComparison.Ordinal);
        Assert.Contains("NameError", other.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_ThatTakesTooLong_Fails_AndKeepsTheSession()
    {
        var pool = new PoolClient(Http, "slow");
        await pool.Execute("x = 1", Token);

        var slow = await pool.Execute("import time; time.sleep(60)", Token, timeoutInSeconds: 1);

        Assert.Equal(("Failed", "timeout"), (Status(slow), slow.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(1, (await pool.ExecuteOld("x", Token)).GetProperty("result").GetInt32());
    }

    [Fact]
    public async Task Execute_ThatDraws_AnswersWithTheImage()
    {
        var drawn = await new PoolClient(Http, "plots").ExecuteOld("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", Token);

        var image = drawn.GetProperty("result");
        Assert.Equal(("image", "png"), (image.GetProperty("type").GetString(), image.GetProperty("format").GetString()));
        Assert.Equal("\x89PNG"u8[2..].ToArray(), image.GetProperty("base64_data").GetBytesFromBase64()[1..4]);
    }

    [Fact]
    public async Task Execute_Asynchronously_IsReadLater()
    {
        var pool = new PoolClient(Http, "later");
        using var begun = await pool.Post(
            "/executions", "2024-10-02-preview", PoolClient.Json(new { codeInputType = "Inline", executionType = "Asynchronous", code = "import time; time.sleep(0.2); 7" }), Token);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var location = begun.Headers.GetValues("Operation-Location").Single();

        JsonElement execution;
        do
            execution = await Http.GetFromJsonAsync<JsonElement>(location, Token);
        while (Status(execution) == "Running");

        Assert.Equal(("Succeeded", 7), (Status(execution), execution.GetProperty("result").GetProperty("executionResult").GetInt32()));
        Assert.Equal(HttpStatusCode.NotFound, await shared.Client.StatusOf(location.Replace("later", "other", StringComparison.Ordinal), Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_UploadedListedAndDownloaded_AreThoseThatCodeSees(bool isOld)
    {
        var pool = new PoolClient(Http, $"files {isOld}");
        var content = Enumerable.Range(0, 100_000).Select(static i => (byte)i).ToArray();

        var uploaded = await PoolClient.ReadAs(HttpStatusCode.OK, pool.Upload(isOld ? "/mnt/data/in put.bin" : "in put.bin", content, isOld, Token), Token);
        var entry = isOld ? uploaded.GetProperty("value")[0].GetProperty("properties") : uploaded;
        Assert.Equal(("in put.bin", 100_000), (entry.GetProperty(isOld ? "filename" : "name").GetString(), entry.GetProperty(isOld ? "size" : "sizeInBytes").GetInt32()));
        await pool.Execute("data = open('/mnt/data/in put.bin', 'rb').read(); open('/mnt/data/out.txt', 'w').write(str(len(data)))", Token);

        var list = (await PoolClient.ReadAs(HttpStatusCode.OK, pool.Get(isOld ? "/files" : "//files", isOld, Token), Token)).GetProperty("value");
        Assert.Equal(
            ["in put.bin", "out.txt"],
            list.EnumerateArray().Select(item => (isOld ? item.GetProperty("properties").GetProperty("filename") : item.GetProperty("name")).GetString()).Order());
        using var text = await pool.Get(isOld ? "/files/content/out.txt" : "//files/out.txt/content", isOld, Token);
        Assert.Equal("100000", await text.Content.ReadAsStringAsync(Token));
        using var bytes = await pool.Get(isOld ? "/files/content/in%20put.bin" : "/files/in%20put.bin/content", isOld, Token);
        Assert.Equal(content, await bytes.Content.ReadAsByteArrayAsync(Token));
        using var deleted = await pool.Delete("/files/out.txt", Token);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await pool.Get("/files/out.txt/content", isOld, Token);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task FirstCalls_AtOnce_MakeOneSession_AndAnEndedOneIsFollowedByAnother()
    {
        var pool = new PoolClient(Http, "crowd");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pool.Execute("count = globals().get('count', 0) + 1", Token)));

        Assert.Equal(8, (await pool.Execute("count", Token)).GetProperty("result").GetProperty("executionResult").GetInt32());
        var session = Assert.Single(await Sessions("crowd")).GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, await shared.Client.Delete($"/v1/sessions/{session}", Token));
        Assert.Equal("Failed", Status(await pool.Execute("count", Token)));
        Assert.Equal(2, (await Sessions("crowd")).Count);
    }

    [Fact]
    public async Task Session_ThatIsForkedAndLabelled_StaysTheOneOfItsIdentifier()
    {
        var pool = new PoolClient(Http, "forked");
        await pool.Execute("x = 1", Token);
        var path = $"/v1/sessions/{Assert.Single(await Sessions("forked")).GetProperty("id").GetString()}";
        using var forked = await Http.PostAsJsonAsync($"{path}/fork", new { }, Token);
        Assert.True(forked.IsSuccessStatusCode, await forked.Content.ReadAsStringAsync(Token));
        using var changed = await Http.PatchAsJsonAsync(path, new { metadata = new { team = "red" } }, Token);
        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync(Token));

        Assert.Equal(1, (await pool.Execute("x", Token)).GetProperty("result").GetProperty("executionResult").GetInt32());
    }

    [Fact]
    public async Task Pool_OfAnotherTenant_HasSessionsOfItsOwn()
    {
        using var tenant = await Http.PostAsJsonAsync("/v1/tenants", new { id = "azureother", name = "Other" }, Token);
        using var made = new HttpRequestMessage(HttpMethod.Post, "/v1/api-keys") { Content = JsonContent.Create(new { name = "other", role = "member" }) };
        made.Headers.Add("X-Tenant-Id", "azureother");
        using var answer = await Http.SendAsync(made, Token);
        var key = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("key").GetString();
        await new PoolClient(Http, "shared name").Execute("x = 1", Token);

        Assert.Equal("Failed", Status(await new PoolClient(Http, "shared name", key).Execute("x", Token)));
    }

    [Fact]
    public async Task Kill_OfTheServer_KeepsTheSessionOfTheIdentifier()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        await new PoolClient(server.Client.Http, "kept").Execute("x = 1", Token);
        await server.Kill(Token);
        server = await SandboxServer.Start(data, Token);

        Assert.Equal(1, (await new PoolClient(server.Client.Http, "kept").Execute("x", Token)).GetProperty("result").GetProperty("executionResult").GetInt32());
        await server.Stop(Token);
    }

    private async Task<IReadOnlyList<JsonElement>> Sessions(string identifier)
    {
        var page = await Http.GetFromJsonAsync<JsonElement>($"/v1/sessions?metadata.dynamic-sessions%2Fidentifier={identifier}", Token);
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    private static string? Status(JsonElement execution) => execution.GetProperty("status").GetString();

    private static string? Output(JsonElement execution, string stream) => execution.GetProperty("result").GetProperty(stream).GetString();
}
