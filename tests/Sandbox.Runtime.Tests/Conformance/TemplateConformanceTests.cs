using Sandbox.Runtime.Templates;
using Sandbox.Runtime.Tests.Templates;
using Sandbox.Testing.Templates;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Sandboxes of an imported root file system, on every engine: nothing of the host's programs is in them.</summary>
public abstract class TemplateConformanceTests(TestNode node)
{
    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);
    private static readonly Dictionary<string, string> NoEnv = [];
    private static readonly Dictionary<string, IReadOnlyList<string>> NoPreloads = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probe_SmallRoot_FindsItsLanguagesAndRunsThem()
    {
        var template = await Import(python: true, NoPreloads);

        Assert.Equal(["bash", "python"], template.Interpreters!.Keys.Order());
        Assert.True(template.IdleBytes > 0);
        await using var sandbox = await Start(template);
        var command = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "echo /usr/bin/*; id -u; echo x >/usr/x || echo refused"]);
        Assert.DoesNotContain("perl", command.Text, StringComparison.Ordinal);
        Assert.EndsWith("1000\nrefused\n", command.Text, StringComparison.Ordinal);
        var python = await FinishedRun.Code(node, sandbox, "python", "import socket, os\nsocket.gethostbyname('localhost'), os.getuid()");
        Assert.Equal("[\"127.0.0.1\", 1000]", python.Value);
        await node.Runtime.Destroy(sandbox.Id, Token);
    }

    [Fact]
    public async Task Probe_RootWithoutTheAgentsLibraries_RunsAllTheSame()
    {
        // The agent needs libm, which nothing in this root does: it brings its own.
        var template = await Import(python: false, NoPreloads);

        Assert.Equal(["bash"], template.Interpreters!.Keys);
        await using var sandbox = await Start(template);
        var found = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "echo /usr/lib/*/*"]);
        Assert.DoesNotContain("libm.so", found.Text, StringComparison.Ordinal);
        var run = await FinishedRun.Code(node, sandbox, "bash", "echo $((6 * 7))");
        Assert.Equal("42\n", run.Text);
        await node.Runtime.Destroy(sandbox.Id, Token);
    }

    [Fact]
    public async Task Preload_OfATemplate_IsImportedAheadAndNamesNothing()
    {
        var template = await Import(python: true, new() { ["python"] = ["ahead", "xml.dom"] });
        await using var sandbox = await Start(template);
        await node.Kernels.Start(sandbox, "python", Token);

        var step = await FinishedStep.Run(sandbox, "import sys\n['ahead' in sys.modules, 'xml.dom' in sys.modules, 'ahead' in globals(), 'SANDBOX_PRELOAD' in __import__('os').environ]");

        Assert.Equal("[True, True, False, False]", (string?)step.Only("result")["data"]!["text/plain"]);
        await node.Runtime.Destroy(sandbox.Id, Token);
    }

    [Theory]
    [InlineData("python", "broken", "Importing broken failed: RuntimeError: not today")]
    [InlineData("python", "absent.module", "Importing absent.module failed: ModuleNotFoundError")]
    [InlineData("javascript", "fs", "no interpreter")]
    public async Task Probe_PreloadThatFails_SaysWhichAndWhy(string language, string module, string reason)
    {
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => Import(python: true, new() { [language] = [module] }));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        await NothingRuns();
    }

    [Fact]
    public async Task Preload_JavaScriptOnTheDefaultTemplate_IsLoadedAhead()
    {
        var template = await node.Probe.Run(
            new SandboxTemplate("derived", null, NoEnv, [], new Dictionary<string, IReadOnlyList<string>> { ["javascript"] = ["inspector", "dns/promises"] }, null), Token);
        node.Templates.Put(template);
        await using var sandbox = await Start(template);

        var run = await FinishedRun.Code(node, sandbox, "javascript", "[process.moduleLoadList.includes('NativeModule inspector'), process.env.SANDBOX_PRELOAD === undefined]");

        Assert.Equal("[true,true]", run.Value);
        await node.Runtime.Destroy(sandbox.Id, Token);
    }

    [Fact]
    public async Task Probe_StartCommandThatFails_SaysWhatItSaid()
    {
        var template = new SandboxTemplate("derived", null, new Dictionary<string, string> { ["WORD"] = "so it is" }, ["/bin/sh", "-c", "echo $WORD >&2; exit 3"], NoPreloads, null);
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => node.Probe.Run(template, Token));
        Assert.Equal("The start command failed (exit code 3): so it is", refusal.Message);
        await NothingRuns();
    }

    [Fact]
    public async Task Packages_OfATemplate_AreFoundByKernelsAndPrograms_AndCannotBeWrittenTo()
    {
        var archive = new TarBytes()
            .Add(TarBytes.Plain, "python/site-packages/beside.py", "word = 'beside'\n")
            .Add(TarBytes.Plain, "node/node_modules/beside/index.js", "module.exports = 'beside';\n").ToArray();
        var layer = await node.Roots.UnpackLayer(new MemoryStream(archive), Token);
        var preloads = new Dictionary<string, IReadOnlyList<string>> { ["python"] = ["beside"], ["javascript"] = ["beside"] };
        var template = await node.Probe.Run(new SandboxTemplate("derived", null, NoEnv, [], preloads, null, Layer: layer.Digest), Token);
        node.Templates.Put(template);
        await using var sandbox = await Start(template);

        var python = await FinishedRun.Code(node, sandbox, "python", "import sys\n['beside' in sys.modules, __import__('beside').word]");
        await using var other = await Start(template);
        var script = await FinishedRun.Code(node, other, "javascript", "import('beside').then(found => console.log(found.default)); require('beside')");
        var write = await FinishedRun.Command(other, ["/bin/sh", "-c", "touch /opt/packages/python/x || rm /opt/packages/node/node_modules/beside/index.js || echo refused"]);

        Assert.Equal("[true,\"beside\"]", python.Value?.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(("\"beside\"", "beside\n"), (script.Value, script.Text));
        Assert.Equal("refused\n", write.Text);
        await node.Runtime.Destroy(sandbox.Id, Token);
        await node.Runtime.Destroy(other.Id, Token);
    }

    private async Task<SandboxTemplate> Import(bool python, Dictionary<string, IReadOnlyList<string>> preloads)
    {
        var root = await node.Roots.Unpack(new MemoryStream(SmallRoot.Archive(python)), Token);
        var template = await node.Probe.Run(new SandboxTemplate($"small-{python}", root.Digest, NoEnv, [], preloads, null), Token);
        node.Templates.Put(template);
        return template;
    }

    private Task<SandboxHandle> Start(SandboxTemplate template) => node.Runtime.Create(new SandboxSpec(template.Key, node.Isolation, Limits), Token);

    private async Task NothingRuns() => Assert.Equal(0, await node.Runtime.Sweep(new HashSet<SandboxId>(), Token));
}

public sealed class CrunTemplateTests(CrunNode node) : TemplateConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncTemplateTests(RuncNode node) : TemplateConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorTemplateTests(GvisorNode node) : TemplateConformanceTests(node), IClassFixture<GvisorNode>;
