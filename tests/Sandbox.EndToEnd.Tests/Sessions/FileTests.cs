using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;

namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class FileTests(SharedServer server) : IAsyncLifetime
{
    private SessionClient _session = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _session = await SessionClient.Open(server.Client, Token);

    public async ValueTask DisposeAsync()
    {
        using var ended = await _session.End(CancellationToken.None);
    }

    [Fact]
    public async Task File_WrittenAndRead_IsByteForByteWithItsChecksum()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);

        using var created = await _session.Http.PutAsync(_session.FilePath("deep/er/x.bin"), new ByteArrayContent(content), Token);
        using var replaced = await _session.Http.PutAsync(_session.FilePath("deep/er/x.bin"), new ByteArrayContent(content), Token);
        using var read = await _session.Http.GetAsync(_session.FilePath("/workspace/deep/er/x.bin"), Token);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, replaced.StatusCode));
        var written = await SandboxClient.Read<WrittenFile>(created, Token);
        Assert.Equal(("/workspace/deep/er/x.bin", content.Length, Hash(content)), (written.Path, written.SizeBytes, written.Sha256));
        Assert.Equal(content, await read.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal($"\"{Hash(content)}\"", read.Headers.ETag!.Tag);
        Assert.Equal(("nosniff", "application/octet-stream"), (read.Headers.GetValues("X-Content-Type-Options").Single(), read.Content.Headers.ContentType!.MediaType));
        Assert.Equal($"'{Hash(content)}'", (await _session.Run("import hashlib; hashlib.sha256(open('deep/er/x.bin','rb').read()).hexdigest()", Token)).Value);
    }

    [Fact]
    public async Task File_Head_HasSizeAndChecksumOfWhatTheCodeWrote()
    {
        await _session.Run("open('x', 'wb').write(bytes(1000))", Token);

        using var answer = await _session.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, _session.FilePath("x")), Token);

        Assert.Equal((HttpStatusCode.OK, 1000L), (answer.StatusCode, answer.Content.Headers.ContentLength));
        Assert.Equal($"\"{Hash(new byte[1000])}\"", answer.Headers.ETag!.Tag);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=990-", 990, 10)]
    [InlineData("bytes=-5", 995, 5)]
    [InlineData("bytes=999-5000", 999, 1)]
    [InlineData("bytes=999-99999999999999999999", 999, 1)]
    [InlineData("bytes=-99999999999999999999", 0, 1000)]
    [InlineData("bytes=000000000000000000990-", 990, 10)]
    public async Task File_Range_IsThatPart(string range, int start, int length)
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        await _session.Write("x", content, Token);

        using var answer = await Get("x", ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(content[start..(start + length)], await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(new ContentRangeHeaderValue(start, start + length - 1, 1000), answer.Content.Headers.ContentRange);
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=9223372036854775807-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes=99999999999999999999-99999999999999999999")]
    public async Task File_RangeOutside_IsRefused(string range)
    {
        await _session.Write("x", new byte[10], Token);

        using var answer = await Get("x", ("Range", range));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
    }

    [Fact]
    public async Task File_IfNoneMatch_IsSentOnlyWhereItHasChanged()
    {
        var written = await _session.Write("x", [1, 2, 3], Token);

        using var same = await Get("x", ("If-None-Match", $"\"{written.Sha256}\""));
        // By the code itself, with the same size.
        await _session.Run("open('x', 'wb').write(bytes([4, 5, 6]))", Token);
        using var changed = await Get("x", ("If-None-Match", $"\"{written.Sha256}\""));

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal([4, 5, 6], await changed.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task File_WriteIfThereIsNone_KeepsWhatIsThere()
    {
        await _session.Write("x", [1], Token);
        using var request = new HttpRequestMessage(HttpMethod.Put, _session.FilePath("x")) { Content = new ByteArrayContent([2]) };
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);

        using var answer = await _session.Http.SendAsync(request, Token);

        Assert.Equal("file_exists", await SessionClient.CodeOf(answer, HttpStatusCode.PreconditionFailed, Token));
        Assert.Equal([1], await _session.Read("x", Token));
    }

    [Fact]
    public async Task List_PagesAndRecursion_GiveEveryFileOnce()
    {
        await _session.Run("import os\nos.makedirs('a/b/c')\nfor i in range(25): open(f'a/b/f{i:02}', 'w').write('x' * i)\nos.symlink('/etc/passwd', 'a/link')", Token);

        var seen = new List<FileEntry>();
        string? cursor = null;
        do
        {
            var page = await _session.List($"path=a&recursive=true&limit=4{(cursor is null ? "" : "&cursor=" + cursor)}", Token);
            Assert.InRange(page.Items.Count, 1, 4);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        var expected = Enumerable.Range(0, 25).Select(i => $"b/f{i:00}").Concat(["b", "b/c", "link"]).Order(StringComparer.Ordinal);
        Assert.Equal(expected, seen.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.Equal(("link", "/etc/passwd"), (seen.Single(file => file.Path == "link").Kind, seen.Single(file => file.Path == "link").LinkTarget));
        Assert.Equal(7, seen.Single(file => file.Path == "b/f07").SizeBytes);
        Assert.Equal(["a"], (await _session.List("", Token)).Items.Select(file => file.Path));
    }

    [Fact]
    public async Task Move_AndDelete_DoWhatTheySay()
    {
        await _session.Write("a/x", [1], Token);
        await _session.Write("y", [2], Token);

        using var onto = await _session.Move(new { from = "a/x", to = "y" }, Token);
        using var over = await _session.Move(new { from = "a/x", to = "y", overwrite = true }, Token);
        using var folder = await _session.Move(new { from = "a", to = "b" }, Token);
        using var missing = await _session.Move(new { from = "a", to = "c" }, Token);

        Assert.Equal("file_exists", await SessionClient.CodeOf(onto, HttpStatusCode.PreconditionFailed, Token));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound), (over.StatusCode, folder.StatusCode, missing.StatusCode));
        Assert.Equal([1], await _session.Read("y", Token));
        await _session.Write("b/z/q", [3], Token);
        Assert.Equal(HttpStatusCode.Conflict, await server.Client.Delete(_session.FilePath("b"), Token));
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete(_session.FilePath("b") + "?recursive=true", Token));
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete(_session.FilePath("y"), Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.Delete(_session.FilePath("y"), Token));
        Assert.Empty((await _session.List("recursive=true", Token)).Items);
    }

    [Fact]
    public async Task Folder_Made_IsThereWithThoseAroundItAndMayExist()
    {
        for (var i = 0; i < 2; i++)
        {
            using var answer = await _session.Http.PostAsJsonAsync(_session.Path + "/files/folder", new { path = "p/q/r" }, Token);
            Assert.Equal("directory", (await SessionClient.ReadAs<FileEntry>(answer, HttpStatusCode.OK, Token)).Kind);
        }

        Assert.Equal("True", (await _session.Run("import os; os.path.isdir('p/q/r')", Token)).Value);
    }

    [Fact]
    public async Task Files_OfAPausedSession_AreServedAndResumeIt()
    {
        await _session.Write("x", [9], Token);
        using var paused = await _session.Post("/pause", Token);

        Assert.Equal([9], await _session.Read("x", Token));
        Assert.Equal("ready", (await _session.Get(Token)).Status);
    }

    private async Task<HttpResponseMessage> Get(string path, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _session.FilePath(path));
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await _session.Http.SendAsync(request, Token);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
