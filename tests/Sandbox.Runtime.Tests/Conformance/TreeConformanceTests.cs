using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Whole trees of files must leave and enter sandboxes alike on every engine.</summary>
public abstract class TreeConformanceTests(TestNode node) : IAsyncDisposable
{
    private const long Plenty = 1L << 30;

    private const string Make = """
        import os
        os.makedirs('a/b/empty'); open('a/text', 'w').write('text' * 50000); os.chmod('a/text', 0o751); os.mkdir('shut', 0o500)
        open(b'line\nbreak', 'w').write('1'); open(b'not \xff utf8', 'w').write('2'); open('n' * 255, 'w').write('3')
        os.symlink('text', 'a/link'); os.symlink('/etc', 'out'); os.symlink('loop', 'loop'); os.link('a/text', 'same')
        f = open('holes', 'wb'); f.truncate(30 << 20); f.seek(5 << 20); f.write(b'middle'); f.close()
        deep = 'd'
        for i in range(100): os.makedirs(deep); deep += '/d'
        for i in range(300): open(f'a/b/{i}', 'w').write(str(i))
        os.mkfifo('pipe')
        os.utime('a/text', ns=(0, 1_500_000_000_123_456_789)); os.utime('a', ns=(0, 1_000_000_000_000_000_001))
        """;

    private const string Look = """
        import os, hashlib, stat
        for folder, names, files in sorted(os.walk(b'.')):
            for name in sorted(names + files):
                path = os.path.join(folder, name)
                s = os.lstat(path)
                if stat.S_ISFIFO(s.st_mode): continue
                what = os.readlink(path) if stat.S_ISLNK(s.st_mode) else hashlib.sha256(open(path, 'rb').read()).hexdigest() if stat.S_ISREG(s.st_mode) else ''
                print(path, oct(s.st_mode), s.st_mtime_ns, s.st_size if stat.S_ISREG(s.st_mode) else 0, what)
        """;

    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Tree_OfEveryKind_IsTheSameInAnotherSandbox()
    {
        await using var source = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var target = await node.Runtime.Create(node.Spec(Limits), Token);
        await Python(source, Make);

        await using var tree = await source.Agent.ExportTree(new ExportTreeRequest("/workspace", Plenty), Token);
        var imported = await target.Agent.ImportTree(new ImportTreeRequest("/workspace"), tree.Content, Token);

        Assert.Equal((imported.Entries, 1), (tree.Exported!.Entries, tree.Exported.Skipped));
        Assert.Equal(await Python(source, Look), await Python(target, Look));
    }

    [Fact]
    public async Task Tree_ThatChangesMeanwhile_IsAWholeOneAndTheCodeGoesOn()
    {
        await using var source = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var target = await node.Runtime.Create(node.Spec(Limits), Token);
        var churn = FinishedRun.Command(
            source,
            ["/usr/bin/python3", "-I", "-c", "import os\ni = 0\nwhile not os.path.exists('stop'):\n i += 1\n open(f'f{i % 50}', 'ab').write(b'x' * 5000)\n if i % 7 == 0: os.truncate(f'f{i % 50}', 100)\n if i % 11 == 0: os.remove(f'f{i % 50}')\nprint('went on')"],
            killAll: false);

        for (var i = 0; i < 5; i++)
        {
            await using var tree = await source.Agent.ExportTree(new ExportTreeRequest("/workspace", Plenty), Token);
            var imported = await target.Agent.ImportTree(new ImportTreeRequest("/workspace"), tree.Content, Token);
            Assert.Equal(imported.Entries, tree.Exported!.Entries);
        }

        await source.Agent.WriteFile(new WriteFileRequest("/workspace/stop"), new MemoryStream(), Token);
        Assert.Equal("went on\n", (await churn).Text);
    }

    private static async Task<string> Python(SandboxHandle sandbox, string code)
    {
        var run = await FinishedRun.Command(sandbox, ["/usr/bin/python3", "-I", "-c", code]);
        Assert.True(run.Result is { ExitCode: 0 }, run.ToString());
        return run.Text;
    }
}

public sealed class CrunTreeTests(CrunNode node) : TreeConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncTreeTests(RuncNode node) : TreeConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorTreeTests(GvisorNode node) : TreeConformanceTests(node), IClassFixture<GvisorNode>;
