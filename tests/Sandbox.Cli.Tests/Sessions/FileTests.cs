using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Sessions;

public sealed class FileTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ses_1:data/ü #?%.txt", "data%2F%C3%BC%20%23%3F%25.txt")]
    [InlineData("ses_1:", "a.txt")]
    [InlineData("ses_1:data/", "data%2Fa.txt")]
    [InlineData("ses_1:/tmp/x", "%2Ftmp%2Fx")]
    [InlineData("ses_1:..", ".%2F..")]
    public async Task Copy_In_IsSentToThatPath(string target, string escaped)
    {
        var (seen, body) = (string.Empty, string.Empty);
        OnPut(escaped, (context, content) => (seen, body) = (context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, content));

        var result = await Copy(_folder.Write("a.txt", "content"), target);

        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
        Assert.Equal(("/v1/sessions/ses_1/files/" + escaped, "content"), (seen, body));
    }

    [Fact]
    public async Task Copy_StandardInput_IsSentWithoutKnowingItsLength()
    {
        _server.On("PUT /v1/sessions/ses_1/files/x", 201, Written("piped"));

        var result = await new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = "piped"u8.ToArray() }.Run("session", "cp", "--json", "-", "ses_1:x");

        Assert.Equal("piped", _server.Requests[0].Body);
        Assert.Equal(Hash("piped"u8.ToArray()), JsonDocument.Parse(result.Text).RootElement.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Copy_InDamaged_Fails()
    {
        _server.On("PUT /v1/sessions/ses_1/files/x", 201, Written("something else"));

        var result = await Copy(_folder.Write("a.txt", "content"), "ses_1:x");

        Assert.Equal((125, "sandbox: x arrived damaged: its SHA-256 is not the one that the server states.\n"), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task Copy_InRefused_TellsWhy()
    {
        _server.On("PUT /v1/sessions/ses_1/files/x", 507, """{"detail":"The disk limit of the session is reached.","code":"disk_full"}""");

        var result = await Copy(_folder.Write("a.txt", "content"), "ses_1:x");

        Assert.Equal((125, "sandbox: The disk limit of the session is reached. (disk_full)\n"), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task Copy_OutIntoAFolder_TakesTheLastName()
    {
        OnContent("a/b.bin", [0, 255, 10], Hash([0, 255, 10]));

        var result = await Copy("ses_1:a/b.bin", _folder.Path);

        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
        Assert.Equal([0, 255, 10], File.ReadAllBytes(Path.Combine(_folder.Path, "b.bin")));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Copy_OutToStandardOutput_IsByteForByte()
    {
        OnContent("x", [0, 255, 10], Hash([0, 255, 10]));

        Assert.Equal([0, 255, 10], (await Copy("ses_1:x", "-")).Output);
    }

    [Fact]
    public async Task Copy_OutDamaged_LeavesNothingAndKeepsWhatWasThere()
    {
        OnContent("x", [1], Hash([2]));
        var target = _folder.Write("x", "before");

        var result = await Copy("ses_1:x", target);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("arrived damaged", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal([target], Directory.GetFiles(_folder.Path));
        Assert.Equal("before", File.ReadAllText(target));
    }

    [Fact]
    public async Task Copy_OutBrokenOff_Fails()
    {
        _server.On("GET /v1/sessions/ses_1/files/x", async context =>
        {
            context.Response.ContentLength = 10;
            await context.Response.Body.WriteAsync(new byte[] { 1 });
            await context.Response.Body.FlushAsync();
            context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        });

        var result = await Copy("ses_1:x", _folder.Path);

        Assert.Equal(125, result.ExitCode);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("written ID:PATH", "a", "b")]
    [InlineData("written ID:PATH", "ses_1:a", "ses_1:b")]
    [InlineData("cannot be read", "/nowhere/at/all", "ses_1:b")]
    [InlineData("is a folder", "/", "ses_1:b")]
    [InlineData("names no file", "-", "ses_1:")]
    [InlineData("names no file", "ses_1:", "x")]
    public async Task Copy_Misused_IsRefusedBeforeAnythingIsSent(string text, string source, string target)
    {
        var result = await Copy(source, target);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains(text, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task List_SeveralPages_AreOneList()
    {
        OnPages();

        var result = await Run("ls", "ses_1", "a b", "-r");

        Assert.Equal(
            """
            d  755          -    dir/
            -  644      2 KiB    dir/evil�[2J
            l  777          -    link -> /etc/passwd

            """,
            result.Text);
        Assert.Equal("GET /v1/sessions/ses_1/files?path=a%20b&recursive=true&limit=1000&cursor=n", _server.Requests[1].Line);
        Assert.Contains("not everything is listed", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_IsOneFileALine()
    {
        OnPages();

        var result = await Run("ls", "ses_1", "--json");

        Assert.Equal(3, result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("""{"path":"dir","kind":"directory","mode":"755"}""", result.Text, StringComparison.Ordinal);
    }

    private void OnPages() => _server
        .On("GET /v1/sessions/ses_1/files", 200, """{"items":[{"path":"dir","kind":"directory","mode":"755"},{"path":"dir/evil\u001b[2J","kind":"file","mode":"644","sizeBytes":2048}],"incomplete":true,"nextCursor":"n"}""")
        .On("GET /v1/sessions/ses_1/files", 200, """{"items":[{"path":"link","kind":"link","mode":"777","linkTarget":"/etc/passwd"}],"incomplete":false}""");

    private void OnContent(string path, byte[] content, string hash) => _server.On($"GET /v1/sessions/ses_1/files/{path.Replace("/", "%2F", StringComparison.Ordinal)}", async context =>
    {
        context.Response.Headers.ETag = $"\"{hash}\"";
        await context.Response.Body.WriteAsync(content);
    });

    private void OnPut(string escaped, Action<HttpContext, string> seen) => _server.On($"PUT /v1/sessions/ses_1/files/{escaped}", async context =>
    {
        seen(context, _server.Requests[^1].Body);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Written("content"));
    });

    private static string Written(string content) =>
        $$"""{"path":"x","sizeBytes":{{content.Length}},"sha256":"{{Hash(Encoding.UTF8.GetBytes(content))}}"}""";

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private Task<CliResult> Copy(string source, string target) => Run("cp", source, target);

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(["session", .. arguments]);
}
