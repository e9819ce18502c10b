using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Tests.Jobs;

public sealed class IdempotencyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Request = """{"language": "python", "code": "print(1)", "limits": {"wallSeconds": 5}}""";

    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Create_WithKey_HasTheIdOfTheKey()
    {
        var key = NewKey();

        var response = await Send(Request, key);

        Assert.Equal(JobId.FromIdempotencyKey("default", key).ToString(), (await response.Json()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(Request)]
    [InlineData("""   { "limits":{"wallSeconds":5.0}, "code":"print(1)" ,"language":"python"}   """)]
    [InlineData("""{"language": "\u0070ython", "code": "print(1)", "limits": {"wallSeconds": 5e0, "cpu": null}, "stdin": null}""")]
    public async Task Create_SameRequestAgain_AnswersWithTheFirstJob(string again)
    {
        var key = NewKey();
        var first = await Send(Request, key);

        var second = await Send(again, key);

        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(["true"], second.Headers.GetValues("Idempotency-Replayed"));
        Assert.Equal((await first.Json()).GetProperty("id").GetString(), (await second.Json()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Create_SameRequestAfterItsEnd_AnswersOk()
    {
        var key = NewKey();
        var first = await Send(Request, key);
        fixture.Jobs.Find((await first.Json()).GetProperty("id").GetString()!)!.Change(static view => view with { Status = JobStatus.Succeeded });

        var second = await Send(Request, key);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(["true"], second.Headers.GetValues("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData("""{"language": "python", "code": "print(2)", "limits": {"wallSeconds": 5}}""")]
    [InlineData("""{"language": "python", "code": "print(1)", "limits": {"wallSeconds": 6}}""")]
    [InlineData("""{"language": "python", "code": "print(1)", "limits": {"wallSeconds": 5}, "stdin": ""}""")]
    [InlineData("""{"language": "python", "code": "print(1)", "limits": {"wallSeconds": 5}, "args": ["a", "b"]}""")]
    public async Task Create_OtherRequestWithTheKey_IsAConflict(string other)
    {
        var key = NewKey();
        await Send(Request, key);

        await (await Send(other, key)).AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task Create_OrderOfItems_Counts()
    {
        var key = NewKey();
        await Send("""{"language": "python", "code": "", "args": ["ab", "c"]}""", key);

        await (await Send("""{"language": "python", "code": "", "args": ["a", "bc"]}""", key)).AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task Create_WithoutKey_MakesAJobEachTime()
    {
        var first = await Client.PostJson("/v1/jobs", Request);
        var second = await Client.PostJson("/v1/jobs", Request);

        Assert.NotEqual((await first.Json()).GetProperty("id").GetString(), (await second.Json()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("!~\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}")]
    public async Task Create_VisibleCharacters_AreAKey(string key)
    {
        var response = await Send(Request, key + Guid.NewGuid().ToString("N"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public async Task Create_LongKey_IsBounded(int length, bool accepted)
    {
        var response = await Send(Request, Guid.NewGuid().ToString("N").PadRight(length, 'x'));

        if (accepted)
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        else
            Assert.Equal(["Idempotency-Key"], await response.AssertInvalid());
    }

    /// <summary>Header lines as bytes on the wire, which no client library would send.</summary>
    [Theory]
    [InlineData("Idempotency-Key: \r\n")]
    [InlineData("Idempotency-Key: two words\r\n")]
    [InlineData("Idempotency-Key: a\tb\r\n")]
    [InlineData("Idempotency-Key: a\u0001b\r\n")]
    [InlineData("Idempotency-Key: a\0b\r\n")]
    [InlineData("Idempotency-Key: a\rX-Tenant-Id: other\r\n")]
    [InlineData("Idempotency-Key: schl\u00fcssel\r\n")]
    [InlineData("Idempotency-Key: one\r\nIdempotency-Key: two\r\n")]
    public async Task Create_HostileKey_IsRefused(string header)
    {
        var answer = await Raw(header);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Tenant-Id", answer, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> Raw(string header)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Server.Address.Host, fixture.Server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        var text = $"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nX-API-Key: {ApiServer.Key}\r\nContent-Type: application/json\r\nConnection: close\r\n{header}Content-Length: {Request.Length}\r\n\r\n{Request}";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private Task<HttpResponseMessage> Send(string json, string key) => Client.PostJson("/v1/jobs", json, ("Idempotency-Key", key));
}
