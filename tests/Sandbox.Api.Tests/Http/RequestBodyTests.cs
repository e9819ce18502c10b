using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Http;

public sealed class RequestBodyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int MiB = 1024 * 1024;

    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "line 1" },
        { "{", "line 1" },
        { "null", "object" },
        { "[]", "object" },
        { "\"text\"", "object" },
        { "{\"language\": \"python\",\n \"code\": \"x\",\n \"limits\": {\"cpu\": NaN}}", "line 3" },
        { "{\"limits\": {\"cpu\": Infinity}}", "line 1" },
        { "{\"limits\": {\"cpu\": +1}}", "line 1" },
        { "{\"limits\": {\"cpu\": 01}}", "line 1" },
        { "{\"limits\": {\"cpu\": .5}}", "line 1" },
        { "{'language': 'python'}", "line 1" },
        { "{\"language\": \"python\",}", "line 1" },
        { "{\"language\": \"python\" /* x */}", "line 1" },
        { "{\"language\": \"python\"} {}", "line 1" },
        { "{\"language\": \"py\nthon\"}", "line 1" },
        { "{\"language\": \"python\", \"language\": \"bash\", \"code\": \"\"}", "language" },
        { "{\"language\": \"python\", \"l\\u0061nguage\": \"bash\", \"code\": \"\"}", "language" },
        { "{\"language\": \"python\", \"code\": \"\", \"env\": {\"A\": \"1\", \"A\": \"2\"}}", "A" },
        { "\uFEFF{\"language\": \"python\", \"code\": \"\"}", "line 1" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Create_MalformedJson_SaysWhere(string json, string where)
    {
        var response = await Client.PostJson("/v1/jobs", json);

        Assert.Equal(["$"], await response.AssertInvalid());
        Assert.Contains(where, (await response.Json()).GetProperty("errors").GetProperty("$")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"language\": \"python\", \"code\": \"\\ud800\"}", "code")]
    [InlineData("{\"language\": \"python\", \"code\": \"\", \"env\": {\"A\\udc00\": \"1\"}}", "$ env")]
    [InlineData("{\"language\": \"python\", \"code\": \"\", \"\\ud800\": 1}", "$")]
    public async Task Create_LoneSurrogate_IsNamed(string json, string oneOf)
    {
        var name = Assert.Single(await (await Client.PostJson("/v1/jobs", json)).AssertInvalid());

        Assert.Contains(name, oneOf.Split(' '));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { 0xc0, 0x80 })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xed, 0xa0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'{', 0, (byte)'}', 0 })]
    public async Task Create_InvalidUtf8_IsRefused(byte[] body)
    {
        Assert.Equal(["$"], await (await Post(body)).AssertInvalid());
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task Create_DeeplyNested_IsRefused(string open, string close)
    {
        foreach (var depth in new[] { 20, 1000, 1_000_000 })
        {
            var nested = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
            Assert.Equal(["$"], await (await Client.PostJson("/v1/jobs", $"{{\"language\": {nested}}}")).AssertInvalid());
        }
    }

    [Fact]
    public async Task Create_HugeNumber_IsRefused()
    {
        var response = await Client.PostJson("/v1/jobs", $$$"""{"language": "python", "code": "", "limits": {"memoryBytes": {{{new string('9', 100_000)}}}, "cpu": 1e{{{new string('9', 50)}}} }}""");

        Assert.Equal(["limits.cpu", "limits.memoryBytes"], await response.AssertInvalid());
    }

    [Fact]
    public async Task Create_ManyMembers_AreAnsweredBriefly()
    {
        var json = $$"""{"language": "python", "code": "", {{string.Join(", ", Enumerable.Range(0, 200_000).Select(static i => $"\"m{i}\": 1"))}}}""";

        Assert.Equal(100, (await (await Client.PostJson("/v1/jobs", json)).AssertInvalid()).Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Create_OtherMediaType_IsRefused(string? contentType)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        var response = await Client.PostAsync("/v1/jobs", content, TestContext.Current.CancellationToken);

        await response.AssertProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task Create_CompressedBody_IsRefused()
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        await (await Client.PostAsync("/v1/jobs", content, TestContext.Current.CancellationToken)).AssertProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData(1024, HttpStatusCode.Accepted)]
    [InlineData(1025, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Create_AtTheLimit_CountsToTheByte(int length, HttpStatusCode status)
    {
        await using var server = await ApiServer.Start(fixture.Cluster, null, ("Api:MaxRequestBodyBytes", "1024"));
        var json = """{"language": "python", "code": ""}""".PadRight(length);

        var response = await server.Client.PostJson("/v1/jobs", json);

        Assert.Equal(status, response.StatusCode);
        if (status != HttpStatusCode.Accepted)
            await response.AssertProblem(status, "payload_too_large");
    }

    [Theory]
    [InlineData(900, HttpStatusCode.Accepted)]
    [InlineData(1025, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Create_Chunked_IsBoundedToo(int length, HttpStatusCode status)
    {
        await using var server = await ApiServer.Start(fixture.Cluster, null, ("Api:MaxRequestBodyBytes", "1024"));
        var json = """{"language": "python", "code": ""}""".PadRight(length);

        var response = await server.Client.SendAsync(Chunked(new MemoryStream(Encoding.UTF8.GetBytes(json))), TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        if (status != HttpStatusCode.Accepted)
            await response.AssertProblem(status, "payload_too_large");
    }

    [Fact]
    public async Task Create_LargeFileWithinTheLimit_IsTaken()
    {
        var file = new byte[20 * MiB];
        new Random(1).NextBytes(file);

        var response = await Client.PostJson("/v1/jobs", $$"""{"language": "python", "code": "", "files": [{"path": "f", "contentBase64": "{{Convert.ToBase64String(file)}}"}]}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var job = fixture.Jobs.Find((await response.Json()).GetProperty("id").GetString()!)!;
        Assert.Equal(file, job.Submitted!.Value.Spec.Files[0].Content);
    }

    [Fact]
    public async Task Create_EndlessChunkedBody_IsCutAtTheLimit()
    {
        // A gigabyte is offered; what was taken of it when the answer came is what the server could have held.
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Server.Address.Host, fixture.Server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nX-API-Key: {ApiServer.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"),
            TestContext.Current.CancellationToken);
        var before = GC.GetTotalAllocatedBytes();
        var answer = ReadStatus(stream);
        var chunk = (byte[])[.. Encoding.ASCII.GetBytes($"{MiB:x}\r\n"), .. new byte[MiB], (byte)'\r', (byte)'\n'];
        var sent = 0;
        try
        {
            for (; sent < 1024 && !answer.IsCompleted; sent++)
                await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The server closes the connection once it has answered.
        }

        Assert.InRange(sent, 32, 100);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 300L * MiB);
        Assert.StartsWith("HTTP/1.1 413 ", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_AnnouncedTooLarge_IsRefusedBeforeItIsSent()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Server.Address.Host, fixture.Server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nX-API-Key: {ApiServer.Key}\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"),
            TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 413 ", await ReadStatus(stream), StringComparison.Ordinal);
    }

    private static async Task<string> ReadStatus(NetworkStream stream)
    {
        var buffer = new byte[4096];
        var length = await stream.ReadAtLeastAsync(buffer, 12, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static HttpRequestMessage Chunked(Stream body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new StreamContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = true;
        return request;
    }

    private Task<HttpResponseMessage> Post(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Client.PostAsync("/v1/jobs", content, TestContext.Current.CancellationToken);
    }
}
