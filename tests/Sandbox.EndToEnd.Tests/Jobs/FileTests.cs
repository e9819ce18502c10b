namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class FileTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Files_TextBase64AndNested_AreInTheWorkspace(string isolation)
    {
        byte[] bytes = [0, 255, 10, 13, 128];

        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "print(open('a.txt').read(), list(open('deep/er/b.bin','rb').read()), open('empty').read() == '')\nimport pkg.mod; print(pkg.mod.x)",
                files = new object[]
                {
                    new { path = "a.txt", content = "text ü" },
                    new { path = "deep/er/b.bin", contentBase64 = Convert.ToBase64String(bytes) },
                    new { path = "empty", content = "" },
                    new { path = "pkg/mod.py", content = "x = 'imported'" },
                },
                isolation,
            },
            Token);

        Assert.Equal(("succeeded", "text ü [0, 255, 10, 13, 128] True\nimported\n", ""), (job.Status, job.Stdout, job.Stderr));
    }

    [Fact]
    public async Task Files_LargerThanTheDisk_FailWithDiskLimit()
    {
        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "print(1)",
                files = new[] { new { path = "big", content = new string('x', 3 << 20) } },
                limits = new { diskBytes = 1 << 20 },
            },
            Token);

        Assert.Equal(("failed", "disk_limit", ""), (job.Status, job.Cause, job.Stdout));
    }

    [Fact]
    public async Task Workspace_OfAnotherJob_IsEmpty()
    {
        await server.Client.Run(new { language = "bash", code = "echo secret > /workspace/left; echo secret > /tmp/left" }, Token);

        var job = await server.Client.Run(new { language = "bash", code = "ls -A /workspace /tmp" }, Token);

        Assert.Equal("/tmp:\n\n/workspace:\n", job.Stdout);
    }
}
