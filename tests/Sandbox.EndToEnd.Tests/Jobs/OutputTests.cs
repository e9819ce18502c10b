using System.Text;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class OutputTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Output_Unicode_IsUnchanged(string isolation)
    {
        const string text = "äöü € 漢字 🦀 \u202e \u0000 end";

        var job = await server.Client.Run(new { language = "python", code = "print('äöü € 漢字 🦀 \\u202e \\0 end')", isolation }, Token);

        Assert.Equal(text + "\n", job.Stdout);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Output_AnyBytes_AreKeptRawAndShownWithReplacement(string isolation)
    {
        var bytes = Enumerable.Range(0, 512).Select(i => (byte)i).ToArray();

        var job = await server.Client.Run(
            new { language = "python", code = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 2)", isolation }, Token);

        Assert.Equal("succeeded", job.Status);
        Assert.Equal(Encoding.UTF8.GetString(bytes), job.Stdout);
        Assert.Equal(bytes, await server.Client.Http.GetByteArrayAsync($"/v1/jobs/{job.Id}/stdout", Token));
        var events = await server.Client.Events(job.Id, 0, Token).ToListAsync(Token);
        Assert.Equal(bytes, events.Output("stdout"));
    }

    [Fact]
    public async Task Output_OfMegabytes_IsComplete()
    {
        const int lines = 300_000;

        var job = await server.Client.Run(
            new { language = "python", code = $"for i in range({lines}): print(i)", limits = new { outputBytes = 8 << 20 } }, Token);

        var expected = string.Concat(Enumerable.Range(0, lines).Select(i => $"{i}\n"));
        Assert.Equal("succeeded", job.Status);
        Assert.True(expected == job.Stdout, $"{job.Stdout!.Length} characters instead of {expected.Length}");
        Assert.Equal(expected.Length, job.Usage.OutputBytes);
    }

    [Fact]
    public async Task Job_Ended_AppearsInTheMetrics()
    {
        await server.Client.Run(new { language = "bash", code = "exit 9" }, Token);

        await Eventually.True(
            async () => (await server.Client.Http.GetStringAsync("/metrics", Token)).Split('\n')
                .Any(line => line.StartsWith("sandbox_jobs_ended", StringComparison.Ordinal) && line.Contains("cause=\"exit_code\"", StringComparison.Ordinal)),
            "the counter of ended jobs is shown",
            Token);
    }
}
