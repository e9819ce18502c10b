using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.E2b;

/// <summary>The door for E2B's own SDKs, by these.</summary>
public sealed class E2bTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("e2b-2.51.0")]
    [InlineData("e2b-2.45.0")]
    public async Task Surface_ByTheUnmodifiedClients_Passes(string sdk)
    {
        var output = await E2bClient.Run(sdk, shared.Client.Http.BaseAddress!, await NewKey("default", "member"), Token, "surface.mjs");
        Assert.EndsWith("ALL PASS\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuickStart_OfTheReadme_PrintsWhatItSays()
    {
        var program = Readme.Block("## Use it with E2B's SDKs", "js");

        var output = await E2bClient.RunText("e2b-2.51.0", shared.Client.Http.BaseAddress!, await NewKey("default", "member"), program, Token);

        Assert.Equal("42\nhello from /home/user\n", output);
    }

    [Fact]
    public async Task Sandbox_OfAnotherTenant_IsNotTold_AndRolesHoldHereToo()
    {
        using var made = await Send(await NewKey("default", "member"), HttpMethod.Post, "/v2/sandboxes", new { templateID = "base" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("sandboxID").GetString();
        using var tenant = await shared.Client.Http.PostAsJsonAsync("/v1/tenants", new { id = "e2bother", name = "Other" }, Token);
        var foreign = await NewKey("e2bother", "member");

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"/sandboxes/{id}"), (HttpMethod.Delete, $"/sandboxes/{id}"), (HttpMethod.Post, $"/sandboxes/{id}/pause"), (HttpMethod.Post, $"/v2/sandboxes/{id}/connect"),
            (HttpMethod.Post, $"/sandboxes/{id}/fork"), (HttpMethod.Post, $"/sandboxes/{id}/snapshots"),
        })
            Assert.Equal((HttpStatusCode.NotFound, 404), await CodeOf(foreign, method, path));
        using var list = await Send(foreign, HttpMethod.Get, "/v2/sandboxes");
        Assert.Equal("[]", await list.Content.ReadAsStringAsync(Token));
        Assert.Equal((HttpStatusCode.Forbidden, 403), await CodeOf(await NewKey("default", "auditor"), HttpMethod.Get, "/v2/sandboxes"));
        Assert.Equal((HttpStatusCode.Unauthorized, 401), await CodeOf("e2b_" + new string('0', 40), HttpMethod.Get, "/v2/sandboxes"));
    }

    [Fact]
    public async Task Sandbox_UnderAnotherPolicyThanTheKeyIsFor_GivesNoToken()
    {
        foreach (var policy in new[] { "e2bwide", "e2bnarrow" })
        {
            using var put = await shared.Client.Http.PutAsJsonAsync($"/v1/policies/{policy}", new { languages = new[] { "python" } }, Token);
            Assert.True(put.IsSuccessStatusCode);
        }

        using var made = await Send(await NewKey("default", "member", "e2bwide"), HttpMethod.Post, "/v2/sandboxes", new { templateID = "base" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("sandboxID").GetString();
        var narrow = await NewKey("default", "member", "e2bnarrow");

        using var told = await Send(narrow, HttpMethod.Get, $"/sandboxes/{id}");
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        Assert.False((await told.Content.ReadFromJsonAsync<JsonElement>(Token)).TryGetProperty("envdAccessToken", out _));
        Assert.Equal((HttpStatusCode.Forbidden, 403), await CodeOf(narrow, HttpMethod.Post, $"/v2/sandboxes/{id}/connect"));
        Assert.Equal((HttpStatusCode.Forbidden, 403), await CodeOf(narrow, HttpMethod.Post, $"/sandboxes/{id}/fork"));
        Assert.Equal((HttpStatusCode.Forbidden, 403), await CodeOf(narrow, HttpMethod.Delete, $"/sandboxes/{id}"));
    }

    [Fact]
    public async Task Sandbox_ThatPolicyForbids_IsDeniedWithTheReason_AndOnTheRecord()
    {
        using var tenant = await shared.Client.Http.PostAsJsonAsync("/v1/tenants", new { id = "e2bstrict", name = "Strict" }, Token);
        using var policy = new HttpRequestMessage(HttpMethod.Put, "/v1/policies/default") { Content = JsonContent.Create(new { languages = new[] { "bash" } }) };
        policy.Headers.Add("X-Tenant-Id", "e2bstrict");
        using var put = await shared.Client.Http.SendAsync(policy, Token);
        Assert.True(put.IsSuccessStatusCode);

        using var answer = await Send(await NewKey("e2bstrict", "member"), HttpMethod.Post, "/v2/sandboxes", new { templateID = "code-interpreter-v1" });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var error = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(403, error.GetProperty("code").GetInt32());
        Assert.Contains("python", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        using var record = new HttpRequestMessage(HttpMethod.Get, "/v1/audit/events?action=session.denied");
        record.Headers.Add("X-Tenant-Id", "e2bstrict");
        using var events = await shared.Client.Http.SendAsync(record, Token);
        Assert.Single((await events.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Command_ThatRunsWhileTheServerIsKilled_IsFoundAgainByItsPid()
    {
        using var data = new DataDirectory();
        string[] left;
        await using (var first = await SandboxServer.Start(data, Token))
        {
            left = (await E2bClient.Run("e2b-2.51.0", first.Client.Http.BaseAddress!, data.OperatorKey, Token, "survive.mjs", "start")).Trim().Split(' ');
            await first.Kill(Token);
        }

        await using var second = await SandboxServer.Start(data, Token);
        var output = await E2bClient.Run("e2b-2.51.0", second.Client.Http.BaseAddress!, data.OperatorKey, Token, ["survive.mjs", "resume", .. left]);
        Assert.Equal("ALL PASS\n", output);
    }

    private async Task<(HttpStatusCode Status, int Code)> CodeOf(string key, HttpMethod method, string path)
    {
        using var answer = await Send(key, method, path);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("code").GetInt32());
    }

    private async Task<HttpResponseMessage> Send(string key, HttpMethod method, string path, object? body = null)
    {
        using var client = new HttpClient { BaseAddress = shared.Client.Http.BaseAddress };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-API-KEY", key);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await client.SendAsync(request, Token);
    }

    private async Task<string> NewKey(string tenant, string role, string? policy = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/api-keys") { Content = JsonContent.Create(new { name = "e2b", role, policy }) };
        request.Headers.Add("X-Tenant-Id", tenant);
        using var answer = await shared.Client.Http.SendAsync(request, Token);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("key").GetString()!;
    }
}
