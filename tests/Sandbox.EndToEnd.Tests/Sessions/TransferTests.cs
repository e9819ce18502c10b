using System.Net;
using System.Security.Cryptography;

namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>Files larger than anything that the server may hold.</summary>
public sealed class TransferTests
{
    private const long Gigabyte = 1L << 30;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_OfOneGigabyte_ComesBackWholeAndTheServerHoldsNoneOfIt()
    {
        const long ceiling = 256L << 20;
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token, new { limits = new { memoryBytes = 3L << 30, diskBytes = Gigabyte + (64 << 20), wallSeconds = 300 } });
        await session.Write("warm-up", new byte[1 << 20], Token);
        var before = server.MemoryOf("VmHWM");

        await using var source = new PatternStream(Gigabyte);
        using var uploaded = await session.Http.PutAsync(session.FilePath("big"), new StreamContent(source), Token);
        var written = await SessionClient.ReadAs<WrittenFile>(uploaded, HttpStatusCode.Created, Token);
        using var answer = await session.Http.GetAsync(session.FilePath("big"), HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await answer.Content.ReadAsStreamAsync(Token);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, Token));

        Assert.Equal((Gigabyte, source.Sha256), (written.SizeBytes, written.Sha256));
        Assert.Equal((source.Sha256, $"\"{source.Sha256}\""), (hash, answer.Headers.ETag!.Tag));
        var grown = server.MemoryOf("VmHWM") - before;
        Assert.True(grown < ceiling, $"The server's memory has grown by {grown >> 20} MiB.");
    }

    [Fact]
    public async Task Disk_Full_Answers507AndLeavesNothing()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token, new { limits = new { diskBytes = 16 << 20 } });
        await session.Write("before", [1, 2], Token);

        foreach (var chunked in (bool[])[false, true])
        {
            using var content = new StreamContent(new PatternStream(64 << 20, knowsLength: !chunked));
            using var request = new HttpRequestMessage(HttpMethod.Put, session.FilePath("big")) { Content = content };
            request.Headers.ExpectContinue = true;
            using var answer = await session.Http.SendAsync(request, Token);
            Assert.Equal("disk_full", await SessionClient.CodeOf(answer, HttpStatusCode.InsufficientStorage, Token));
        }

        Assert.Equal(["before"], (await session.List("recursive=true", Token)).Items.Select(file => file.Path));
        Assert.Equal("['before']", (await session.Run("import os; os.listdir('.')", Token)).Value);
        // All the room is there again.
        await session.Write("fits", new byte[12 << 20], Token);
        Assert.Equal([1, 2], await session.Read("before", Token));
    }

    [Fact]
    public async Task Upload_BrokenOff_LeavesNothingAndKeepsWhatWasThere()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Write("x", [1, 2], Token);

        foreach (var path in (string[])["x", "y"])
        {
            using var content = new StreamContent(new PatternStream(64 << 20, breaksAt: 8 << 20));
            await Assert.ThrowsAsync<HttpRequestException>(() => session.Http.PutAsync(session.FilePath(path), content, Token));
        }

        await Eventually.True(
            async () => (await session.Run("import os; os.listdir('.')", Token)).Value == "['x']", "nothing of the uploads is left", Token);
        Assert.Equal([1, 2], await session.Read("x", Token));
    }

    [Fact]
    public async Task Download_BrokenOff_LeavesTheSessionAsItWas()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("open('x', 'wb').write(bytes(100 << 20))", Token);

        for (var i = 0; i < 10; i++)
        {
            using var answer = await session.Http.GetAsync(session.FilePath("x"), HttpCompletionOption.ResponseHeadersRead, Token);
            await using var body = await answer.Content.ReadAsStreamAsync(Token);
            await body.ReadExactlyAsync(new byte[1000], Token);
        }

        Assert.Equal(100 << 20, (await session.Read("x", Token)).Length);
    }
}
