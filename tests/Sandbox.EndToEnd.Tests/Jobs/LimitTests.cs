namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class LimitTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task WallLimit_Reached_TimesOutAndKeepsTheOutput(string isolation)
    {
        var job = await server.Client.Run(
            new { language = "python", code = "print('before', flush=True)\nwhile True: pass", isolation, limits = new { wallSeconds = 1 } }, Token);

        Assert.Equal(("timed_out", "timeout", "before\n"), (job.Status, job.Cause, job.Stdout));
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task MemoryLimit_Reached_FailsWithOutOfMemoryAndKeepsTheOutput(string isolation)
    {
        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "print('before', flush=True)\nheld = []\nwhile True: held.append(bytearray(b'x') * (4 << 20))",
                isolation,
                limits = new { memoryBytes = 96 << 20, diskBytes = 1 << 20 },
            },
            Token);

        Assert.Equal(("failed", "out_of_memory", "before\n"), (job.Status, job.Cause, job.Stdout));
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task OutputLimit_Exceeded_KeepsExactlyTheLimit(string isolation)
    {
        const int limit = 100_000;

        var job = await server.Client.Run(
            new { language = "python", code = "import sys\nwhile True: sys.stdout.write('0123456789')", isolation, limits = new { outputBytes = limit } }, Token);

        Assert.Equal(("failed", "output_limit", true, false), (job.Status, job.Cause, job.StdoutTruncated, job.StderrTruncated));
        Assert.Equal(string.Concat(Enumerable.Repeat("0123456789", limit / 10)), job.Stdout);
    }

    [Fact]
    public async Task OutputLimit_Met_Succeeds()
    {
        var job = await server.Client.Run(
            new { language = "bash", code = "printf %1000d 1", limits = new { outputBytes = 1000 } }, Token);

        Assert.Equal(("succeeded", 1000, false), (job.Status, job.Stdout!.Length, job.StdoutTruncated));
    }

    [Theory]
    [InlineData("/workspace/big", "standard")]
    [InlineData("/tmp/big", "standard")]
    [InlineData("/workspace/big", "strong")]
    public async Task DiskLimit_Reached_FailsWithDiskLimit(string path, string isolation)
    {
        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = $"with open('{path}', 'wb') as f:\n    while True: f.write(b'x' * 65536)",
                isolation,
                limits = new { diskBytes = 2 << 20 },
            },
            Token);

        Assert.Equal(("failed", "disk_limit"), (job.Status, job.Cause));
        Assert.Contains("No space left on device", job.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessLimit_Reached_FailsWithProcessLimit()
    {
        var job = await server.Client.Run(
            new
            {
                language = "python",
                code = "import subprocess\nheld = [subprocess.Popen(['sleep', '60']) for _ in range(100)]",
                limits = new { processes = 10 },
            },
            Token);

        Assert.Equal(("failed", "process_limit"), (job.Status, job.Cause));
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Child_LeftBehind_DoesNotHoldTheJob(string isolation)
    {
        var job = await server.Client.Run(new { language = "bash", code = "setsid sleep 600 & echo done", isolation }, Token);

        Assert.Equal(("succeeded", "done\n"), (job.Status, job.Stdout));
    }
}
