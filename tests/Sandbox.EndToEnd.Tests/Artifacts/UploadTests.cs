using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;

namespace Sandbox.EndToEnd.Tests.Artifacts;

/// <summary>Uploads to real servers, wherever their bytes lie.</summary>
public sealed class UploadTests
{
    private const long Gigabyte = 1L << 30;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_OfOneGigabyte_ComesBackWholeAndTheServerHoldsNoneOfIt(bool asForm)
    {
        const long ceiling = 256L << 20;
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var http = server.Client.Http;
        await http.Upload(new ByteArrayContent(new byte[1 << 20]), "warm-up", Token);
        var before = server.MemoryOf("VmHWM");

        await using var source = new PatternStream(Gigabyte);
        var artifact = await http.Upload(Content(source, asForm), "big", Token);
        using var answer = await http.GetAsync(artifact.DownloadUrl, HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await answer.Content.ReadAsStreamAsync(Token);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, Token));

        Assert.Equal((Gigabyte, source.Sha256), (artifact.SizeBytes, artifact.Sha256));
        Assert.Equal(source.Sha256, hash);
        var grown = server.MemoryOf("VmHWM") - before;
        Assert.True(grown < ceiling, $"The server's memory has grown by {grown >> 20} MiB.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_BrokenOff_LeavesNothing(bool asForm)
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var content = Content(new PatternStream(64 << 20, breaksAt: 8 << 20), asForm);

        await Assert.ThrowsAsync<HttpRequestException>(() => server.Client.Http.PostAsync("/v1/artifacts", content, Token));

        await Eventually.True(() => Files(data).Count == 0, "nothing of the upload is left", Token);
        Assert.Empty((await server.Client.Http.List(Token)).Items);
    }

    [Fact]
    public async Task Kill_WhileAnUploadComes_LeavesNothingAfterTheNextStart()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var kept = await server.Client.Http.Upload(new ByteArrayContent([1, 2]), "kept", Token);
        using var gate = new GatedStream(8 << 20);
        var uploading = server.Client.Http.PostAsync("/v1/artifacts", new StreamContent(gate), Token);
        await Eventually.True(() => Files(data).Any(static file => new FileInfo(file).Length > 4 << 20), "a part of the upload is on the disk", Token);

        await server.Kill(Token);
        gate.Open();
        // How the client finds out that nobody listens any more differs.
        await Assert.ThrowsAnyAsync<Exception>(() => uploading);
        Assert.Equal(2, Files(data).Count);
        await using var next = await SandboxServer.Start(data, Token);

        await Eventually.True(() => Files(data).Count == 1, "what was left is swept away", Token);
        Assert.Equal([1, 2], await next.Client.Http.GetByteArrayAsync(kept.DownloadUrl, Token));
        Assert.Equal([kept.Id], (await next.Client.Http.List(Token)).Items.Select(static artifact => artifact.Id));
    }

    [Fact]
    public async Task Upload_Digest_IsChecked()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var right = $"sha-256=:{Convert.ToBase64String(SHA256.HashData([1, 2]))}:";

        using var stored = await Post(server, [1, 2], ("Content-Digest", right));
        using var refused = await Post(server, [1, 3], ("Content-Digest", right));

        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        Assert.Equal("digest_mismatch", await SessionClient.CodeOf(refused, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Single(Files(data));
    }

    [Fact]
    public async Task Upload_RepeatedByItsKey_IsOneArtifact()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);

        using var first = await Post(server, [1], ("Idempotency-Key", "k"));
        using var again = await Post(server, [1], ("Idempotency-Key", "k"));
        using var other = await Post(server, [2], ("Idempotency-Key", "k"));

        Assert.Equal((await SandboxClient.Read<Artifact>(first, Token)).Id, (await SandboxClient.Read<Artifact>(again, Token)).Id);
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("idempotency_key_reused", await SessionClient.CodeOf(other, HttpStatusCode.Conflict, Token));
        Assert.Single(Files(data));
    }

    [Fact]
    public async Task Policy_OfArtifacts_BoundsUploadsJobsAndSteps()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        using var stored = await server.Client.Http.PutAsJsonAsync("/v1/policies/default", new { artifacts = new { maxBytes = 1000 } }, Token);
        Assert.True(stored.IsSuccessStatusCode);

        using var refused = await Post(server, new byte[1001]);
        using var chunked = await server.Client.Http.PostAsync("/v1/artifacts", new StreamContent(new PatternStream(1001, knowsLength: false)), Token);
        var job = await server.Client.Run(new { language = "bash", code = "head -c 900 /dev/zero > a; head -c 200 /dev/zero > b", artifacts = new[] { "*" } }, Token);
        var session = await SessionClient.Open(server.Client, Token);
        var step = await session.Run("print('x' * (2 << 20))", Token);

        Assert.Equal("policy_denied", await SessionClient.CodeOf(refused, HttpStatusCode.Forbidden, Token));
        Assert.Equal("policy_denied", await SessionClient.CodeOf(chunked, HttpStatusCode.Forbidden, Token));
        Assert.Equal(["a"], job.Artifacts.Select(static artifact => artifact.Name));
        Assert.Equal("succeeded", step.Status);
        Assert.Single(Files(data));
        Assert.Equal(HttpStatusCode.Created, (await Post(server, new byte[1000])).StatusCode);
    }

    private static HttpContent Content(Stream source, bool asForm) =>
        asForm ? new MultipartFormDataContent { { new StreamContent(source), "file", "big" } } : new StreamContent(source);

    private static async Task<HttpResponseMessage> Post(SandboxServer server, byte[] content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/artifacts?name=a") { Content = new ByteArrayContent(content) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.Http.SendAsync(request, Token);
    }

    private static List<string> Files(DataDirectory data)
    {
        var folder = Path.Combine(data.Root, "artifacts");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "art_*", SearchOption.AllDirectories)] : [];
    }

    // Gives so many bytes, and no more until it is opened; then it breaks off.
    private sealed class GatedStream(int bytes) : Stream
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Open() => _gate.TrySetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given >= bytes)
            {
                await _gate.Task.WaitAsync(cancellationToken);
                throw new IOException("The source has broken off.");
            }

            _given += buffer.Length;
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
