using System.Net;
using System.Security.Cryptography;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class ArtifactTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Artifacts_MatchingGlobs_AreKeptAndDownloadable(string isolation)
    {
        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "import os\nos.makedirs('out/deep')\nopen('out/deep/data.bin','wb').write(bytes(range(256)) * 4096)\n" +
                    "open('out/ü.txt','w').write('ü')\nopen('other.txt','w').write('no')\nopen('empty.csv','w')",
                artifacts = new[] { "out/**", "*.csv" },
                isolation,
            },
            Token);

        Assert.Equal("succeeded", job.Status);
        Assert.Equal(["empty.csv", "out/deep/data.bin", "out/ü.txt"], job.Artifacts.Select(artifact => artifact.Name).Order(StringComparer.Ordinal));
        var data = job.Artifacts.Single(artifact => artifact.Name == "out/deep/data.bin");
        var content = await server.Client.Http.GetByteArrayAsync(data.DownloadUrl, Token);
        Assert.Equal(Enumerable.Range(0, 1 << 20).Select(i => (byte)i), content);
        Assert.Equal((1 << 20, Convert.ToHexStringLower(SHA256.HashData(content)), job.Id), (data.SizeBytes, data.Sha256, data.Owner));
    }

    [Fact]
    public async Task Artifacts_OfAFailedJob_AreKept()
    {
        var job = await server.Client.Run(new { language = "bash", code = "echo log > a.log; exit 3", artifacts = new[] { "*.log" } }, Token);

        Assert.Equal(("failed", "a.log"), (job.Status, Assert.Single(job.Artifacts).Name));
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Artifacts_NoRegularFiles_AreRefusedWithTheirReasons(string isolation)
    {
        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "import os\nos.mkdir('out')\nos.symlink('/etc/passwd', 'out/link')\nos.symlink('/', 'out/folder')\nos.mkfifo('out/fifo')\n" +
                    "os.symlink('/dev/zero', 'out/device')\nimport socket\nsocket.socket(socket.AF_UNIX).bind('out/socket')\nopen('out/good','w').write('x')",
                artifacts = new[] { "out/**" },
                isolation,
            },
            Token);

        Assert.Equal(("succeeded", ""), (job.Status, job.Stderr));
        Assert.Equal("out/good", Assert.Single(job.Artifacts).Name);
        var reasons = job.SkippedArtifacts.ToDictionary(skipped => skipped.Name, skipped => skipped.Reason);
        Assert.Equal(["out/device", "out/fifo", "out/folder", "out/link", "out/socket"], reasons.Keys.Order(StringComparer.Ordinal));
        Assert.All(["out/device", "out/folder", "out/link"], name => Assert.Equal("A symbolic link.", reasons[name]));
        Assert.All(["out/fifo", "out/socket"], name => Assert.Equal("Not a regular file.", reasons[name]));
    }

    [Fact]
    public async Task Artifacts_SparseBeyondTheBound_AreRefused()
    {
        var job = await server.Client.Run(
            new { language = "python", code = "open('sparse','wb').truncate(1 << 40)", artifacts = new[] { "sparse" } }, Token);

        Assert.Equal(("succeeded", ""), (job.Status, job.Stderr));
        Assert.Empty(job.Artifacts);
        Assert.Equal(("sparse", "too_large"), (Assert.Single(job.SkippedArtifacts).Name, job.SkippedArtifacts[0].Reason));
    }

    [Fact]
    public async Task Artifact_DeletedItselfOrWithItsJob_IsGone()
    {
        var job = await server.Client.Run(new { language = "bash", code = "echo a > a; echo b > b", artifacts = new[] { "*" } }, Token);
        var urls = job.Artifacts.Select(artifact => artifact.DownloadUrl).ToList();
        Assert.Equal(2, urls.Count);

        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete($"/v1/artifacts/{job.Artifacts[0].Id}", Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf(urls[0], Token));
        Assert.Equal(HttpStatusCode.OK, await server.Client.StatusOf(urls[1], Token));

        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete($"/v1/jobs/{job.Id}", Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf(urls[1], Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf($"/v1/jobs/{job.Id}", Token));
    }
}
