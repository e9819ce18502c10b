using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Sessions;

public sealed class SessionFileTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Files = "/v1/sessions/ses_00000000000000000000000000/files";

    private HttpClient Client => fixture.Server.Client;

    private Dictionary<string, byte[]> Content => ((MemorySessionFiles)fixture.Server.Services.GetService(typeof(MemorySessionFiles))!).Content;

    /// <summary>Paths of requests, and the names that reach the sandbox.</summary>
    public static TheoryData<string, string> Paths => new()
    {
        { "plain", "plain" },
        { "a/b/c.txt", "a/b/c.txt" },
        { "/tmp/x", "/tmp/x" },
        { "%2Ftmp%2Fx", "/tmp/x" },
        { "a%20b%0Ac", "a b\nc" },
        { "%E2%82%AC?x=1", "€" },
        { "a%3Fb%23c", "a?b#c" },
        { "-rf", "-rf" },
        { "move", "move" },
        { "files/files/x", "files/files/x" },
        { "a+b", "a+b" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Path_OfAnyName_ReachesTheSandboxAsItIs(string path, string name)
    {
        Content[name] = [1, 2, 3];

        // A client library would tidy the path up.
        var answer = await RawGet($"{Files}/{path}");

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../steps")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("%2e%2E")]
    [InlineData("a/%2e/b")]
    public async Task Path_WithDots_IsRefusedAndNotTidiedUp(string path) =>
        Assert.StartsWith("HTTP/1.1 400", await RawGet($"{Files}/{path}"), StringComparison.Ordinal);

    [Fact]
    public async Task Write_ThenRead_KeepsEveryByteAndTellsItsChecksum()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var sum = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";
        var written = await Put("new.bin", bytes);
        var again = await Put("new.bin", bytes);
        var read = await Client.Get($"{Files}/new.bin");
        var part = await Client.Get($"{Files}/new.bin", ("Range", "bytes=10-19"));
        var held = await Client.Get($"{Files}/new.bin", ("If-None-Match", sum));
        var outside = await Client.Get($"{Files}/new.bin", ("Range", "bytes=300000-"));
        using var head = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{Files}/new.bin"), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (written.StatusCode, again.StatusCode));
        Assert.All([written, read, part, head], answer => Assert.Equal(sum, answer.Headers.ETag!.Tag));
        Assert.Equal(bytes, await read.Bytes());
        Assert.Equal(bytes[10..20], await part.Bytes());
        Assert.Equal(HttpStatusCode.NotModified, held.StatusCode);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, outside.StatusCode);
        Assert.Equal(300_000, head.Content.Headers.ContentLength);
        Assert.Equal("nosniff", read.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Write_OfAnyMediaType_IsTakenAsBytes(string? type)
    {
        var answer = await Put("typed", "{"u8.ToArray(), type);

        Assert.True(answer.IsSuccessStatusCode, await answer.Text());
        Assert.Equal("{"u8.ToArray(), Content["typed"]);
    }

    [Fact]
    public async Task Write_LargerThanOtherRequests_IsTaken()
    {
        var answer = await Put("large", new byte[40 << 20]);

        Assert.True(answer.IsSuccessStatusCode, await answer.Text());
        Assert.Equal(40 << 20, Content["large"].Length);
    }

    [Fact]
    public async Task Write_WhereThereIsOneAlready_IsRefusedWhenAsked()
    {
        await Put("kept", [1]);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Files}/kept") { Content = new ByteArrayContent([2]) };
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);

        await (await Client.SendAsync(request, TestContext.Current.CancellationToken)).AssertProblem(HttpStatusCode.PreconditionFailed, "file_exists");
        Assert.Equal([1], Content["kept"]);
    }

    [Fact]
    public async Task Move_AndFolder_AreCheckedAndDone()
    {
        await Put("from", [1]);

        Assert.Equal(["from", "overwrite", "to"], await (await Client.PostJson($"{Files}/move", """{"from": "", "overwrite": "yes"}""")).AssertInvalid());
        Assert.Equal(["path"], await (await Client.PostJson($"{Files}/folder", "{}")).AssertInvalid());
        var moved = await (await Client.PostJson($"{Files}/move", """{"from": "from", "to": "to"}""")).Json();
        Assert.Equal(("to", "file", "644"), (moved.GetProperty("path").GetString(), moved.GetProperty("kind").GetString(), moved.GetProperty("mode").GetString()));
        Assert.Equal("directory", (await (await Client.PostJson($"{Files}/folder", """{"path": "d"}""")).Json()).GetProperty("kind").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete($"{Files}/to")).StatusCode);
        await (await Client.Delete($"{Files}/to")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(["recursive"], await (await Client.Delete($"{Files}/to?recursive=1")).AssertInvalid());
    }

    [Fact]
    public async Task List_InPages_GoesOnWhereItEnded()
    {
        await Put("l1", [1]);
        await Put("l2", [1]);

        var first = await (await Client.Get($"{Files}?limit=1")).Json();
        var second = await (await Client.Get($"{Files}?limit=1&cursor={first.GetProperty("nextCursor").GetString()}")).Json();

        Assert.NotEqual(
            first.GetProperty("items")[0].GetProperty("path").GetString(), second.GetProperty("items")[0].GetProperty("path").GetString());
        Assert.Equal(["cursor", "limit", "recursive", "x"], await (await Client.Get($"{Files}?limit=0&cursor=%25&recursive=y&x=")).AssertInvalid());
    }

    [Fact]
    public async Task Watch_OfAFolder_StreamsWhatHappens()
    {
        var events = await (await Client.Get(Files[..^6] + "/watch?recursive=true")).Events();

        Assert.Equal(["created", "moved"], events.Select(item => item.EventType));
        Assert.Equal("""{"path":"a\nb"}""", events[0].Data);
        Assert.Equal("""{"path":"c","from":"a\nb"}""", events[1].Data);
    }

    private Task<HttpResponseMessage> Put(string path, byte[] content, string? type = "application/octet-stream")
    {
        var body = new ByteArrayContent(content);
        body.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return Client.PutAsync($"{Files}/{path}", body, TestContext.Current.CancellationToken);
    }

    private async Task<string> RawGet(string target)
    {
        using var connection = new System.Net.Sockets.TcpClient();
        await connection.ConnectAsync(fixture.Server.Address.Host, fixture.Server.Address.Port, TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        var request = $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {ApiServer.Key}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
