using System.Net;
using Sandbox.Packages.Tests.Testing;

namespace Sandbox.Packages.Tests.Cache;

/// <summary>The cache on disk.</summary>
public sealed class CacheTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_ThatManyWantAtOnce_AreFetchedOnce()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var tarball = new NodeTarball("demo", "1.0.0");
        upstream.HasNode("demo", tarball);
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        upstream.On("/demo/-/demo-1.0.0.tgz", async context =>
        {
            asked.TrySetResult();
            await answer.Task;
            await context.Response.Body.WriteAsync(tarball.Content);
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));
        await gateway.Get("/node/demo");

        using var leaving = new CancellationTokenSource();
        var left = gateway.Client.GetAsync("/node/demo/-/demo-1.0.0.tgz", leaving.Token);
        await asked.Task;
        var others = Enumerable.Range(0, 20).Select(_ => gateway.Client.GetByteArrayAsync("/node/demo/-/demo-1.0.0.tgz", Token)).ToArray();
        // Who began it need not stay.
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        answer.SetResult();

        Assert.All(await Task.WhenAll(others), content => Assert.Equal(tarball.Content, content));
        Assert.Equal(1, upstream.Requests("/demo/-/demo-1.0.0.tgz"));
    }

    [Fact]
    public async Task Pages_ThatManyWantAtOnce_AreFetchedOnce()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var packument = upstream.NodePackument("demo", new NodeTarball("demo", "1.0.0")).ToJsonString();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        upstream.On("/demo", async context =>
        {
            asked.TrySetResult();
            await answer.Task;
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(packument));
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        var all = Enumerable.Range(0, 20).Select(_ => gateway.Get("/node/demo")).ToArray();
        await asked.Task;
        answer.SetResult();

        Assert.All(await Task.WhenAll(all), got => Assert.Equal(HttpStatusCode.OK, got.Status));
        Assert.Equal(1, upstream.Requests("/demo"));
    }

    [Fact]
    public async Task Cache_ThatIsFull_LosesWhatWasNotUsedForLongest()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var tarballs = Enumerable.Range(1, 3).Select(major => new NodeTarball("demo", $"{major}.0.0")).ToArray();
        upstream.HasNode("demo", tarballs);
        // Room for two, and the part that is kept free.
        var room = (tarballs[0].Content.Length * 2 + 20) * 32 / 31;
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false), ("MaxCacheBytes", $"{room}"));

        foreach (var major in new[] { 1, 2, 1, 3, 1, 2 })
        {
            Assert.Equal(HttpStatusCode.OK, (await gateway.Get($"/node/demo/-/demo-{major}.0.0.tgz")).Status);
            gateway.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((1, 2, 1), (Fetches(1), Fetches(2), Fetches(3)));
        Assert.InRange(cache.Files.Sum(file => new FileInfo(Path.Combine(cache.Path, file)).Length), 1, room);

        int Fetches(int major) => upstream.Requests($"/demo/-/demo-{major}.0.0.tgz");
    }

    [Fact]
    public async Task Cache_ThatIsSmallerThanAFile_StillServesIt()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false), ("MaxCacheBytes", "0"));

        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/node/demo/-/demo-1.0.0.tgz")).Status);
    }

    [Fact]
    public async Task File_ThatWasCutShort_IsFetchedAnew()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var tarball = new NodeTarball("demo", "1.0.0");
        upstream.HasNode("demo", tarball);
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));
        await gateway.Get("/node/demo/-/demo-1.0.0.tgz");
        var name = Assert.Single(cache.Files);
        // The gateway may still be closing it.
        await using (var file = new FileStream(Path.Combine(cache.Path, name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(10);

        Assert.Equal(tarball.Content, await gateway.Client.GetByteArrayAsync("/node/demo/-/demo-1.0.0.tgz", Token));
        Assert.Equal(2, upstream.Requests("/demo/-/demo-1.0.0.tgz"));
        Assert.Equal([name], cache.Files);
    }

    [Fact]
    public async Task Transfer_ThatBreaksOff_LeavesNothing()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        upstream.On("/demo/-/demo-1.0.0.tgz", async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[500]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/node/demo/-/demo-1.0.0.tgz")).Status);
        Assert.Empty(cache.Files);
    }

    [Fact]
    public async Task Unfinished_OfAProcessThatWasKilled_GoesWhenItIsOld()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));
        var folder = Directory.CreateDirectory(Path.Combine(cache.Path, "unfinished")).FullName;
        foreach (var (name, days) in new[] { ("old", 3), ("young", 1) })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), "half", Token);
            File.SetLastWriteTimeUtc(Path.Combine(folder, name), gateway.Time.GetUtcNow().UtcDateTime.AddDays(-days));
        }

        await gateway.Get("/node/demo/-/demo-1.0.0.tgz");

        Assert.Equal(["young"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Folder_ThatCannotBeUsed_IsNoFaultOfTheServer()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        var file = Path.Combine(cache.Path, "file");
        await File.WriteAllTextAsync(file, "", Token);
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false), ("CacheDirectory", file));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await gateway.Get("/node/demo/-/demo-1.0.0.tgz")).Status);
        Assert.Equal("cache_failed", gateway.Records.Single().Refused);
    }
}
