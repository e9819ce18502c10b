using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Snapshots;

public sealed class SnapshotTests
{
    private const string Marker = "a-text-that-must-not-be-found-on-the-disk";

    private const string Make = $"""
        import os
        os.makedirs('a/b'); open('a/f', 'w').write('{Marker}' * 1000); os.symlink('f', 'a/l'); os.link('a/f', 'same'); os.chmod('a/f', 0o640)
        open('new\nline', 'wb').write(bytes(range(256))); os.utime('same', ns=(0, 1_500_000_000_123_456_789)); os.mkfifo('pipe')
        open('/tmp/t', 'w').write('tmp')
        """;

    private const string Look = """
        import os
        s = os.stat('a/f')
        print(oct(s.st_mode), s.st_nlink, s.st_mtime_ns, s.st_size, os.readlink('a/l'), os.listdir('a/b'), open('new\nline', 'rb').read() == bytes(range(256)), os.path.exists('pipe'), os.path.exists('/tmp/t'))
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Files_Kept_ComeBackAfterTheSessionAndTheServerAreGone(string isolation)
    {
        using var data = new DataDirectory();
        var first = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(first.Client, Token, new { isolation, env = new Dictionary<string, string> { ["KEPT"] = "env" } });
        await session.Run(Make, Token);

        var kept = await session.Keep(Token, new { name = "n", metadata = new { k = "v" } });
        using var ended = await session.End(Token);
        await first.Kill(Token);
        await using var server = await SandboxServer.Start(data, Token);

        Assert.Equal((session.Id, "n", false, 1L, isolation), (kept.SessionId, kept.Name, kept.Memory, kept.Skipped, kept.Isolation));
        Assert.Equal(kept.Id, Assert.Single(await server.Client.Snapshots($"sessionId={session.Id}&metadata.k=v", Token)).Id);
        AssertNothingPlain(data);
        var restored = await SessionClient.Open(server.Client, Token, new { snapshot = kept.Id });
        var seen = await restored.Run(Look, Token);
        Assert.Equal($"0o100640 2 1500000000123456789 {Marker.Length * 1000} f [] True False False\n", seen.Stdout);
        Assert.Equal("env\n", (await restored.Run("print(os.environ['KEPT'])", Token)).Stdout);
        Assert.Equal("snapshot_mismatch", await server.Client.Refused("/v1/sessions", new { snapshot = kept.Id, language = "bash" }, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete($"/v1/snapshots/{kept.Id}", Token));
        Assert.Equal("snapshot_unknown", await server.Client.Refused("/v1/sessions", new { snapshot = kept.Id }, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Empty(Stored(data));
    }

    [Fact]
    public async Task Fork_WithFilesThatCannotBeRead_TellsHowManyAreMissing()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("import os\nos.mkfifo('pipe')\nopen('closed', 'w').write('x')\nos.chmod('closed', 0)\nopen('open', 'w').write('x')", Token);

        var forked = await session.ForkAs(new { }, Token);

        Assert.Equal(2, forked.Skipped);
        Assert.Equal("['open']", (await new SessionClient(server.Client, forked.Items[0].Id).Run("import os; os.listdir()", Token)).Value);
    }

    [Fact]
    public async Task Fork_OfALiveSession_MakesCopiesThatGoTheirOwnWay()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("open('f', 'w').write('source')", Token);
        var running = await session.Start(new { code = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\n'done'" }, Token);

        var forks = await session.Fork(server.Client, new { count = 3, ttlSeconds = 600 }, Token);

        for (var i = 0; i < forks.Count; i++)
        {
            var step = await forks[i].Run($"print(open('f').read()); open('f', 'w').write('{i}')", Token);
            Assert.Equal(("source\n", 1), (step.Stdout, step.Sequence));
        }

        await session.Write("go", [], Token);
        Assert.Equal("'done'", (await session.EndOf(running.Sequence, Token)).Value);
        Assert.Equal("source\n", (await session.Run("print(open('f').read())", Token)).Stdout);
        Assert.Empty(Stored(data));
    }

    [Fact]
    public async Task Memory_UnderStandard_IsRefusedWithAReason()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);

        foreach (var (route, request) in new (string, object)[] { ("/snapshot", new { memory = true }), ("/fork", new { memory = true }), ("/pause", new { memory = "disk" }) })
            Assert.Equal("memory_snapshot_unsupported", await server.Client.Refused(session.Path + route, request, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal("memory_snapshot_unsupported", await server.Client.Refused("/v1/sessions", new { onIdle = "suspend", idleSeconds = 10 }, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal("ready", (await session.Get(Token)).Status);
    }

    [Fact]
    public async Task Kill_AtAnyMomentOfASnapshot_LeavesAWholeOneOrNone()
    {
        using var data = new DataDirectory();
        var random = new Random(3);
        var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("import os\nfor i in range(20): open(f'f{i}', 'wb').write(os.urandom(4 << 20))", Token);
        for (var round = 0; round < 3; round++)
        {
            var keeping = session.Http.PostAsJsonAsync(session.Path + "/snapshot", new { name = $"{round}" }, Token);
            // Any moment is as good as another.
            await Task.WhenAny(keeping, Task.Delay(random.Next(400), Token));
            await server.Kill(Token);
            await Task.WhenAny(keeping);
            _ = keeping.Exception;
            server = await SandboxServer.Start(data, Token);
            session = session.On(server);
        }

        var kept = await server.Client.Snapshots("", Token);
        // The sweep of files has begun with the start and goes on beside it.
        await Eventually.True(() => Task.FromResult(Stored(data).Length == kept.Count), "what is stored is that of the snapshots", Token);
        foreach (var snapshot in kept)
        {
            var restored = await SessionClient.Open(server.Client, Token, new { snapshot = snapshot.Id });
            Assert.Equal("20\n", (await restored.Run("import os; print(sum(os.path.getsize(f) == 4 << 20 for f in os.listdir()))", Token)).Stdout);
            using var ended = await restored.End(Token);
        }

        await server.DisposeAsync();
    }

    [Fact]
    public async Task Snapshot_DamagedOnTheDisk_IsNoSession()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("import os\nopen('f', 'wb').write(os.urandom(1 << 20))", Token);
        var kept = await session.Keep(Token);
        var file = Assert.Single(Stored(data));
        var stored = await File.ReadAllBytesAsync(file, Token);
        foreach (var damage in new Func<byte[]>[] { () => [.. stored[..500_000], (byte)(stored[500_000] ^ 1), .. stored[500_001..]], () => stored[..^65552] })
        {
            await File.WriteAllBytesAsync(file, damage(), Token);
            Assert.Equal("snapshot_corrupt", await server.Client.Refused("/v1/sessions", new { snapshot = kept.Id }, HttpStatusCode.UnprocessableEntity, Token));
        }

        await File.WriteAllBytesAsync(file, stored, Token);
        await SessionClient.Open(server.Client, Token, new { snapshot = kept.Id });
    }

    private static string[] Stored(DataDirectory data)
    {
        var folder = Path.Combine(data.Root, "artifacts");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
    }

    private static void AssertNothingPlain(DataDirectory data) =>
        Assert.All(Stored(data), file => Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf("that-must-not-be"u8) < 0));
}
