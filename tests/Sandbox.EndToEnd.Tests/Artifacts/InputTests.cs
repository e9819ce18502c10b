using System.Net;

namespace Sandbox.EndToEnd.Tests.Artifacts;

/// <summary>Uploads as files of jobs and sessions.</summary>
public sealed class InputTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Job_WithAnArtifactAmongItsFiles_ReadsItsBytes(string isolation)
    {
        // More than any request may carry.
        await using var source = new PatternStream(64 << 20);
        var artifact = await server.Client.Http.Upload(new StreamContent(source), "data.bin", Token);

        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "import hashlib\nhashlib.file_digest(open('in/data.bin', 'rb'), 'sha256').hexdigest()",
                files = new object[] { new { path = "in/data.bin", artifact = artifact.Id }, new { path = "b", content = "b" } },
                isolation,
            },
            Token);

        Assert.True(job.Status == "succeeded", $"{job.Cause}: {job.Stderr}");
        Assert.Equal(source.Sha256, job.Result.GetString());
    }

    [Fact]
    public async Task Job_WithAnArtifactThatIsNone_IsRefusedByItsField()
    {
        using var unknown = await server.Client.Post(Request("art_00000000000000000000000000"), Token);
        using var wrong = await server.Client.Post(Request("nonsense"), Token);

        var problem = await SessionClient.ReadAs<Problem>(unknown, HttpStatusCode.UnprocessableEntity, Token);
        Assert.Equal(("artifact_unknown", "files[0].artifact"), (problem.Code, Assert.Single(problem.Errors!).Key));
        Assert.Equal("files[0].artifact", Assert.Single((await SessionClient.ReadAs<Problem>(wrong, HttpStatusCode.BadRequest, Token)).Errors!).Key);
    }

    [Fact]
    public async Task Job_WithAnArtifactBeyondItsDisk_EndsForThat()
    {
        await using var source = new PatternStream(8 << 20);
        var artifact = await server.Client.Http.Upload(new StreamContent(source), "data.bin", Token);

        var job = await server.Client.Run(
            new { language = "bash", code = "true", files = new[] { new { path = "a", artifact = artifact.Id } }, limits = new { diskBytes = 4 << 20 } }, Token);

        Assert.Equal(("failed", "disk_limit"), (job.Status, job.Cause));
    }

    [Fact]
    public async Task Session_FileFromAnArtifact_IsACopyOfIt()
    {
        await using var source = new PatternStream(40 << 20);
        var artifact = await server.Client.Http.Upload(new StreamContent(source), "data.bin", Token);
        var session = await SessionClient.Open(server.Client, Token);

        using var written = await session.Http.PutAsync($"{session.FilePath("in/data.bin")}?artifact={artifact.Id}", null, Token);
        using var unknown = await session.Http.PutAsync($"{session.FilePath("b")}?artifact=art_00000000000000000000000000", null, Token);
        using var both = await session.Http.PutAsync($"{session.FilePath("b")}?artifact={artifact.Id}", new ByteArrayContent([1]), Token);

        Assert.Equal(source.Sha256, (await SessionClient.ReadAs<WrittenFile>(written, HttpStatusCode.Created, Token)).Sha256);
        Assert.Equal(
            $"'{source.Sha256}'",
            (await session.Run("import hashlib; hashlib.file_digest(open('in/data.bin', 'rb'), 'sha256').hexdigest()", Token)).Value);
        Assert.Equal("artifact_unknown", await SessionClient.CodeOf(unknown, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal("artifact", Assert.Single((await SessionClient.ReadAs<Problem>(both, HttpStatusCode.BadRequest, Token)).Errors!).Key);
        Assert.Equal(["in"], (await session.List("", Token)).Items.Select(static file => file.Path));
    }

    private static object Request(string artifact) => new { language = "bash", code = "true", files = new[] { new { path = "a", artifact } } };
}
