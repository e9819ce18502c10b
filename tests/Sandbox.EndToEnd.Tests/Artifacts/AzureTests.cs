using System.Net;
using System.Net.Http.Json;
using Sandbox.Testing.Artifacts;

namespace Sandbox.EndToEnd.Tests.Artifacts;

/// <summary>A server that keeps the bytes of artifacts and snapshots in an object store.</summary>
public sealed class AzureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ArtifactsAndSnapshots_InAnObjectStore_WorkAsInAFolderAndAcrossAKill()
    {
        await using var azurite = await Azurite.Start();
        (string, string)[] settings =
        [
            ("Sandbox__Artifacts__Store", "azure"), ("Sandbox__Artifacts__Azure__ConnectionString", azurite.ConnectionString),
        ];
        using var data = new DataDirectory();
        var first = await SandboxServer.Start(data, Token, settings);
        await using var source = new PatternStream(20 << 20);
        var upload = await first.Client.Http.Upload(new StreamContent(source), "big", Token);
        var url = await first.Client.Http.MakeUrl(upload.Id, new { expiresInSeconds = 600 }, Token);
        var job = await first.Client.Run(new { language = "bash", code = "echo hello > a", artifacts = new[] { "a" } }, Token);
        var session = await SessionClient.Open(first.Client, Token, new { isolation = "strong" });
        await session.Write("f", [1, 2, 3], Token);
        await session.Run("x = 41", Token);
        var files = await session.Keep(Token);
        using var paused = await session.Http.PostAsJsonAsync(session.Path + "/pause", new { memory = "disk" }, Token);
        Assert.Equal("paused", (await SessionClient.ReadAs<Session>(paused, HttpStatusCode.OK, Token)).Status);
        await first.Kill(Token);
        await using var server = await SandboxServer.Start(data, Token, settings);

        using var stranger = new HttpClient();
        var moved = new Uri(server.Client.Http.BaseAddress!, new Uri(url.Url).PathAndQuery);
        var content = await stranger.GetByteArrayAsync(moved, Token);
        Assert.Equal(upload.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
        Assert.Equal("hello\n", await server.Client.Http.GetStringAsync(job.Artifacts[0].DownloadUrl, Token));
        Assert.Equal("42", (await new SessionClient(server.Client, session.Id).Run("x + 1", Token)).Value);
        var copy = await SessionClient.Open(server.Client, Token, new { snapshot = files.Id });
        Assert.Equal([1, 2, 3], await copy.Read("f", Token));
        // What snapshots are made of is no artifact of anybody's.
        Assert.Equal([job.Artifacts[0].Id, upload.Id], (await server.Client.Http.List(Token)).Items.Select(static artifact => artifact.Id));
        Assert.Empty(Directory.Exists(Path.Combine(data.Root, "artifacts")) ? Directory.GetFiles(Path.Combine(data.Root, "artifacts"), "*", SearchOption.AllDirectories) : []);
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete($"/v1/artifacts/{upload.Id}", Token));
    }

    [Fact]
    public async Task Start_ObjectStoreThatCannotBeReached_SaysWhichSettingIsWrong()
    {
        using var data = new DataDirectory();
        using var process = SandboxServer.Launch(
            data,
            ("Sandbox__Artifacts__Store", "azure"),
            ("Sandbox__Artifacts__Azure__ConnectionString", "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a;"));

        await process.WaitForExitAsync(Token).WaitAsync(Eventually.Deadline, Token);

        Assert.NotEqual(0, process.ExitCode);
        var said = await File.ReadAllTextAsync(data.LogFile, Token);
        Assert.Contains("Sandbox:Artifacts:Azure cannot be used: it cannot be reached", said, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", said, StringComparison.Ordinal);
    }
}
