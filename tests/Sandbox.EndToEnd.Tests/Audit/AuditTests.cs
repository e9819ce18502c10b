using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Audit;

/// <summary>The audit record of real servers: what is in it, what never is, and that it shows what was done to it.</summary>
public sealed class AuditTests
{
    private const string Marker = "MARKER-that-must-not-be-told";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_Run_IsOnTheRecordThatVerifiesAndIsExported()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var job = await server.Client.Run(new { language = "python", code = "print(6 * 7)" }, Token);

        var events = await Events(server.Client, $"resource={job.Id}");
        var verified = await Json(server.Client, "verify");
        var lines = (await server.Client.Http.GetStringAsync("/v1/audit/export", Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["job.ended succeeded", "job.started succeeded", "job.submitted allowed"], events.Select(Told));
        Assert.True(events[^1].GetProperty("event").GetProperty("decision").GetProperty("allowed").GetBoolean());
        Assert.True(events[0].GetProperty("event").GetProperty("usage").GetProperty("wallSeconds").GetDouble() > 0);
        Assert.True(verified.GetProperty("valid").GetBoolean());
        Assert.Equal(verified.GetProperty("events").GetInt64(), lines.Length);
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Equal(verified.GetProperty("head").GetProperty("hash").GetString(), last.RootElement.GetProperty("hash").GetString());
        Assert.Equal((0, $"valid: {lines.Length} events, head {last.RootElement.GetProperty("hash").GetString()}\n"), await CommandLine.Run(data, Token, "audit", "verify"));
        Assert.Equal((0, string.Join('\n', lines) + "\n"), await CommandLine.Run(data, Token, "audit", "export"));
        Assert.Contains("job.submitted", (await CommandLine.Run(data, Token, "audit", "ls", "--resource", job.Id)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payload_OfAnyRequest_IsNeverOnTheRecord()
    {
        using var data = new DataDirectory();
        await using (var server = await SandboxServer.Start(data, Token))
        {
            var env = new Dictionary<string, string> { ["A"] = Marker };
            var content = Encoding.UTF8.GetBytes(Marker);
            await server.Client.Run(
                new { language = "python", code = $"print('{Marker}')", stdin = Marker, env, args = new[] { Marker }, files = new[] { new { path = "f", content = Marker } }, artifacts = new[] { "f" }, metadata = env },
                Token);
            using (var refused = await server.Client.Post(new { language = Marker, code = Marker, env }, Token))
                Assert.False(refused.IsSuccessStatusCode);
            var session = await SessionClient.Open(server.Client, Token, new { env, metadata = env });
            await session.Write("f", content, Token);
            await session.Run(new { code = $"raise Exception('{Marker}')", stdin = Marker, env }, Token);
            var command = await session.StartCommand(new { command = new[] { "sh", "-c", $"cat; echo {Marker}" }, env, stdin = Marker, keepStdinOpen = true }, Token);
            await session.Input(command.Number, Marker, Token, "?close=true");
            await session.EndOfCommand(command.Number, Token);
            await session.Keep(Token);
            using var ended = await session.End(Token);

            Assert.DoesNotContain(Marker, await server.Client.Http.GetStringAsync("/v1/audit/export", Token), StringComparison.Ordinal);
            Assert.Contains("file.write", await server.Client.Http.GetStringAsync("/v1/audit/export", Token), StringComparison.Ordinal);
            await server.Stop(Token);
        }

        using var database = new SqliteConnection($"Data Source={Path.Combine(data.Root, "sandbox.db")};Pooling=False");
        database.Open();
        using var count = database.CreateCommand();
        count.CommandText = "SELECT count(*), sum(instr(CAST(body AS TEXT) || actor || action || resource || outcome, $marker)) FROM audit_events";
        count.Parameters.AddWithValue("$marker", Marker);
        using var row = count.ExecuteReader();
        Assert.True(row.Read());
        Assert.True(row.GetInt64(0) > 10);
        Assert.Equal(0, row.GetInt64(1));
    }

    [Fact]
    public async Task Record_OfTwoProcesses_IsOneChainThatShowsWhatWasChangedInTheFile()
    {
        using var data = new DataDirectory();
        await using (var pair = await MemberPair.Start(data, Token))
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(index =>
                (index % 2 == 0 ? pair.First : pair.Second).Client.Run(new { language = "python", code = "1" }, Token)));
            Assert.True((await Json(pair.Second.Client, "verify")).GetProperty("valid").GetBoolean());
            Assert.Equal(30, (await Events(pair.First.Client, "limit=1000")).Count(item => Told(item).StartsWith("job.", StringComparison.Ordinal)));
            await pair.Stop(Token);
        }

        using (var database = new SqliteConnection($"Data Source={Path.Combine(data.Root, "sandbox.db")};Pooling=False"))
        {
            database.Open();
            using var tamper = database.CreateCommand();
            tamper.CommandText = "DROP TRIGGER audit_events_update; UPDATE audit_events SET body = CAST(replace(CAST(body AS TEXT), 'operator', 'nobody__') AS BLOB) WHERE sequence = 5";
            tamper.ExecuteNonQuery();
        }

        await using var server = await SandboxServer.Start(data, Token);
        var found = await Json(server.Client, "verify");
        Assert.Equal((false, 5), (found.GetProperty("valid").GetBoolean(), found.GetProperty("brokenAt").GetInt64()));
        Assert.Equal(1, (await CommandLine.Run(data, Token, "audit", "verify")).ExitCode);
    }

    [Fact]
    public async Task Denial_ByPolicyOrRole_IsOnTheTenantsRecord()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token, ("Sandbox__Policies__Platform__Languages__0", "bash"));
        using var made = await server.Client.Http.PostAsJsonAsync("/v1/api-keys", new { name = "n", role = "auditor", agentId = "alice" }, Token);
        using var auditor = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), (await SandboxClient.Read<JsonElement>(made, Token)).GetProperty("key").GetString()!);
        using (var denied = await server.Client.Post(new { language = "python", code = "1" }, Token))
            Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await auditor.StatusOf("/v1/jobs", Token));

        var events = await Events(auditor, "outcome=denied");

        Assert.Equal(["access.denied denied", "job.denied denied"], events.Select(Told));
        Assert.Equal("alice", events[0].GetProperty("event").GetProperty("actor").GetProperty("agentId").GetString());
        Assert.Equal("languages", events[1].GetProperty("event").GetProperty("decision").GetProperty("rule").GetString());
        Assert.Equal("api_key.created succeeded", Told(Assert.Single(await Events(auditor, "action=api_key.created"))));
    }

    private static async Task<List<JsonElement>> Events(SandboxClient client, string query) =>
        [.. (await Json(client, $"events?{query}")).GetProperty("items").EnumerateArray()];

    private static async Task<JsonElement> Json(SandboxClient client, string path) =>
        await client.Http.GetFromJsonAsync<JsonElement>($"/v1/audit/{path}", Token);

    private static string Told(JsonElement item)
    {
        var what = item.GetProperty("event");
        return string.Create(CultureInfo.InvariantCulture, $"{what.GetProperty("action").GetString()} {what.GetProperty("outcome").GetString()}");
    }
}
