using System.Security.Cryptography;
using System.Text;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Artifacts;

public sealed class ArtifactTests
{
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData("bytes"u8));

    private static readonly string Stored = $$"""{"id":"art_1","name":"t.csv","sizeBytes":5,"sha256":"{{Sha256}}","owner":"agent:a"}""";

    [Fact]
    public async Task Upload_File_StreamsItAndPrintsItsId()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/artifacts", 201, Stored);
        using var folder = new TemporaryFolder();

        var result = await CliRun.Against(server).Run("artifact", "upload", folder.Write("t.csv", "bytes"), "--expires", "1h", "--type", "text/csv");

        Assert.True(result.ExitCode == 0, result.ErrorText);
        Assert.Equal("art_1\n", result.Text);
        var sent = server.Requests.Single();
        Assert.Equal(("POST /v1/artifacts?name=t.csv&expiresInSeconds=3600", "bytes", "text/csv"), (sent.Line, sent.Body, sent.Headers.ContentType.ToString()));
    }

    [Fact]
    public async Task Upload_StandardInput_NeedsAName()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/artifacts", 201, Stored);
        var run = new CliRun { Input = "bytes"u8.ToArray(), Environment = { ["SANDBOX_URL"] = server.Url } };

        var refused = await run.Run("artifact", "upload", "-");
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains("--name", refused.ErrorText, StringComparison.Ordinal);
        Assert.Empty(server.Requests);

        Assert.Equal(0, (await run.Run("artifact", "upload", "-", "--name", "a b")).ExitCode);
        Assert.Equal(("POST /v1/artifacts?name=a%20b", "bytes"), (server.Requests.Single().Line, server.Requests.Single().Body));
    }

    [Fact]
    public async Task Upload_ThatArrivesDamaged_Fails()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/artifacts", 201, Stored);
        using var folder = new TemporaryFolder();

        var result = await CliRun.Against(server).Run("artifact", "upload", folder.Write("t.csv", "other"));

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("damaged", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_Refused_SaysWhy()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/artifacts", 403, """{"detail":"Policy allows artifacts of at most 4 bytes.","code":"policy_denied","rule":"artifacts"}""");
        using var folder = new TemporaryFolder();

        var result = await CliRun.Against(server).Run("artifact", "upload", folder.Write("t.csv", "bytes"));

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("at most 4 bytes", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.csv")]
    [InlineData("../../up.csv")]
    public async Task Get_IntoAFolder_HasTheLastPartOfItsName(string name)
    {
        await using var server = Content(await ScriptedServer.Start(), Stored.Replace("t.csv", name, StringComparison.Ordinal), Sha256);
        using var folder = new TemporaryFolder();

        var result = await CliRun.Against(server).Run("artifact", "get", "art_1", "-o", folder.Path);

        Assert.True(result.ExitCode == 0, result.ErrorText);
        Assert.Equal("bytes", await File.ReadAllTextAsync(Path.Combine(folder.Path, Path.GetFileName(name)), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_UnderItsOwnName_ReplacesNothing_AndUnderTheNamedOneDoes()
    {
        await using var server = Content(await ScriptedServer.Start(), Stored, Sha256);
        using var folder = new TemporaryFolder();
        var (file, other) = (folder.Write("t.csv", "mine"), folder.Write("t.csv.partial", "mine as well"));

        var refused = await CliRun.Against(server).Run("artifact", "get", "art_1", "-o", folder.Path);
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains("there already", refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        Assert.Equal(0, (await CliRun.Against(server).Run("artifact", "get", "art_1", "-o", file)).ExitCode);
        Assert.Equal("bytes", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal("mine as well", await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public async Task Get_ToStandardOutput_WritesTheBytesAlone()
    {
        await using var server = Content(await ScriptedServer.Start(), Stored, Sha256);

        Assert.Equal("bytes", (await CliRun.Against(server).Run("artifact", "get", "art_1", "-o", "-")).Text);
    }

    [Fact]
    public async Task Get_ThatArrivesDamaged_LeavesNothing()
    {
        await using var server = Content(await ScriptedServer.Start(), Stored, new string('0', 64));
        using var folder = new TemporaryFolder();

        Assert.Equal(125, (await CliRun.Against(server).Run("artifact", "get", "art_1", "-o", folder.Path)).ExitCode);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Url_IsMadeAndRevoked()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/artifacts/art_1/url", 201, """{"id":"url_1","url":"http://h/v1/artifacts/art_1/signed?x=y","method":"GET","expiresAt":"2026-01-01T00:00:00Z"}""")
            .On("DELETE /v1/artifacts/art_1/url/url_1", 204, string.Empty)
            .On("DELETE /v1/artifacts/art_1/url", 204, string.Empty);
        var run = CliRun.Against(server);

        var made = await run.Run("artifact", "url", "art_1", "--expires", "90");
        var (one, all) = (await run.Run("artifact", "url", "art_1", "--revoke", "url_1"), await run.Run("artifact", "url", "art_1", "--revoke-all"));

        Assert.StartsWith("http://h/v1/artifacts/art_1/signed?x=y\n", made.Text, StringComparison.Ordinal);
        Assert.Equal("""{"expiresInSeconds":90}""", server.Requests[0].Body);
        Assert.Equal((0, 0), (one.ExitCode, all.ExitCode));
        Assert.Equal(["DELETE /v1/artifacts/art_1/url/url_1", "DELETE /v1/artifacts/art_1/url"], server.Requests.Skip(1).Select(static request => request.Line));
    }

    [Fact]
    public async Task Url_OfAnEmptyId_IsNotRevokedWithAllOthers()
    {
        await using var server = await ScriptedServer.Start();

        var result = await CliRun.Against(server).Run("artifact", "url", "art_1", "--revoke", "");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("no id", result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task List_AndRemove_SayWhatThereIsAndWhatIsGone()
    {
        await using var server = await ScriptedServer.Start();
        server.On("GET /v1/artifacts", 200, $$"""{"items":[{{Stored.Replace("t.csv", "\\u001b[2J", StringComparison.Ordinal)}}],"nextCursor":"more"}""")
            .On("DELETE /v1/artifacts/art_1", 204, string.Empty);

        var listed = await CliRun.Against(server).Run("artifact", "ls", "--limit", "1");
        var removed = await CliRun.Against(server).Run("artifact", "rm", "art_1", "--json");

        Assert.Contains("agent:a", listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', listed.Text);
        Assert.Contains("--cursor more", listed.ErrorText, StringComparison.Ordinal);
        Assert.Equal("""{"id":"art_1","removed":true}""", removed.Text.Trim());
    }

    private static ScriptedServer Content(ScriptedServer server, string description, string etag) => server
        .On("GET /v1/artifacts/art_1", 200, description)
        .On("GET /v1/artifacts/art_1/content", async context =>
        {
            context.Response.Headers.ETag = $"\"{etag}\"";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("bytes"));
        });
}
