using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Sessions;

public sealed class FileTests : ClientServer
{
    private static readonly byte[] s_content = Encoding.UTF8.GetBytes("a,b\n1,2\n");

    private static string Sha256 => Convert.ToHexStringLower(SHA256.HashData(s_content));

    [Fact]
    public async Task Upload_OfWhatCanBeReadAgain_IsSentAgainWhole()
    {
        Server.On("PUT /v1/sessions/ses_1/files/data%2Ftable.csv", 503, "{}").On("PUT /v1/sessions/ses_1/files/data%2Ftable.csv", 201, Written(Sha256));
        using var content = new MemoryStream([.. "skipped"u8, .. s_content]) { Position = 7 };

        WrittenFile written = await Client().Sessions.Files.WriteAsync("ses_1", "data/table.csv", content, Token);

        Assert.Equal(Sha256, written.Sha256);
        Assert.Equal(Encoding.UTF8.GetString(s_content), Server.Requests[^1].Body);
        Assert.Equal(2, Server.Requests.Count);
        Assert.True(content.CanRead);
    }

    [Fact]
    public async Task Upload_OfWhatFlowsOnce_IsSentOnce()
    {
        Server.On("POST /v1/artifacts", 503, "{}");

        await Assert.ThrowsAsync<SandboxException>(async () => await Client().Artifacts.UploadAsync("t.csv", await Piped(), cancellationToken: Token));

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Upload_OfWhatFlowsOnce_IsSentOnce_WhereTheServerRefusesItsNumberAfterReading()
    {
        Server.On("POST /v1/artifacts", 429, """{"code":"rate_limited"}""").On("POST /v1/artifacts", 201, """{"id":"art_1"}""");

        var failure = await Assert.ThrowsAsync<SandboxException>(
            async () => await Client().Artifacts.UploadAsync("t.csv", await Piped(), cancellationToken: Token));

        Assert.Equal("rate_limited", failure.Code);
        Assert.Equal(Encoding.UTF8.GetString(s_content), Server.Requests.Single().Body);
    }

    [Fact]
    public async Task Upload_OfWhatFlowsOnce_IsSentAgain_WhereNothingWasReadOfIt()
    {
        using var handler = new RefusingOnce();
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://127.0.0.1/") };
        using var client = new SandboxClient(http, "key", new SandboxClientOptions { TimeProvider = Time });

        await client.Artifacts.UploadAsync("t.csv", await Piped(), cancellationToken: Token);

        Assert.Equal(s_content, handler.Sent);
    }

    [Fact]
    public async Task Upload_BeyondTheQuota_IsSentOnce()
    {
        Server.On("POST /v1/artifacts", 429, """{"code":"quota_exceeded"}""", "1");

        var failure = await Assert.ThrowsAsync<SandboxException>(() => Client().Artifacts.UploadAsync("t.csv", new MemoryStream(s_content), cancellationToken: Token));

        Assert.Equal("quota_exceeded", failure.Code);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Upload_ThatArrivesOtherwise_Fails()
    {
        Server.On("PUT /v1/sessions/ses_1/files/x", 201, Written(new string('0', 64)));

        var failure = await Assert.ThrowsAsync<SandboxException>(() => Client().Sessions.Files.WriteAsync("ses_1", "x", new MemoryStream(s_content), Token));

        Assert.Equal(SandboxFailure.DamagedContent, failure.Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Download_IsComparedWithItsChecksum(bool isRight)
    {
        Server.On("GET /v1/artifacts/art_1/content", async context =>
        {
            context.Response.Headers.ETag = $"\"{(isRight ? Sha256 : new string('0', 64))}\"";
            await context.Response.Body.WriteAsync(s_content);
        });
        await using var content = await Client().Artifacts.OpenAsync("art_1", Token);
        using var target = new MemoryStream();

        var failure = await Record.ExceptionAsync(() => content.CopyToAsync(target, cancellationToken: Token));

        Assert.Equal(s_content, target.ToArray());
        Assert.Equal(isRight ? null : SandboxFailure.DamagedContent, (failure as SandboxException)?.Failure);
    }

    [Fact]
    public async Task Download_ThatBreaksOff_IsToldAsSuch()
    {
        var read = new TaskCompletionSource();
        Server.On("GET /v1/artifacts/art_1/content", async context =>
        {
            context.Response.ContentLength = 100;
            await Wires.StreamAndBreak(context, read.Task, "a part");
        });
        await using var content = await Client().Artifacts.OpenAsync("art_1", Token);

        var failure = await Assert.ThrowsAsync<SandboxException>(
            () => content.CopyToAsync(Stream.Null, new Told(read), Token));

        Assert.Equal(SandboxFailure.ConnectionLost, failure.Failure);
    }

    [Fact]
    public async Task Path_WithDots_ReachesTheServerAsItIs()
    {
        await Record.ExceptionAsync(() => Client().Sessions.Files.DeleteAsync("ses_1", "../x y", recursive: true, Token));

        Assert.Equal("DELETE /v1/sessions/ses_1/files/..%2Fx%20y?recursive=true", Server.Requests.Single().Line);
    }

    private static async Task<Stream> Piped()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(s_content, Token);
        await pipe.Writer.CompleteAsync();
        return pipe.Reader.AsStream();
    }

    private static string Written(string sha256) => $$"""{"path":"/workspace/x","sizeBytes":8,"sha256":"{{sha256}}"}""";

    /// <summary>Refuses a request before its content, as a server does that is asked whether to send it, and takes the next one.</summary>
    private sealed class RefusingOnce : HttpMessageHandler
    {
        private bool _hasRefused;

        public byte[]? Sent { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!_hasRefused)
            {
                _hasRefused = true;
                return new HttpResponseMessage(System.Net.HttpStatusCode.TooManyRequests);
            }

            Sent = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            return new HttpResponseMessage(System.Net.HttpStatusCode.Created) { Content = new StringContent($$"""{"id":"art_1","name":"t.csv","sha256":"{{Sha256}}"}""") };
        }
    }

    private sealed class Told(TaskCompletionSource read) : IProgress<long>
    {
        public void Report(long value) => read.TrySetResult();
    }
}
