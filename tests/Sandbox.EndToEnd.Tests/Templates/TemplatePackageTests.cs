using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Packages;
using Sandbox.Testing.Templates;

namespace Sandbox.EndToEnd.Tests.Templates;

/// <summary>Templates with packages upon other templates: installed once under the maker's policy, there in every sandbox without any way out.</summary>
public sealed class TemplatePackageTests : IAsyncLifetime
{
    private const string Where = "import sys, alpha\n[alpha.version, 'alpha' in sys.modules]";

    private readonly DataDirectory _data = new();
    private SandboxServer _server = null!;
    private WheelIndex _index = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _index = await WheelIndex.Start();
        _index.Add("alpha", "1.0", "beta");
        _index.Add("alpha", "2.0", "beta");
        _index.Add("beta", "3.0");
        _index.Add("gamma", "1.0");
        _server = await SandboxServer.Start(_data, Token, ("Sandbox__Packages__PythonIndex", _index.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _index.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Python_UponTheDefault_IsThereEverywhere_AlsoWhenNoPackageIsAllowedAnyMore()
    {
        await Allow(python: ["alpha", "beta"]);
        var template = await Make("with", "default", new { python = new[] { "alpha==1.0" } }, preloads: ["alpha"]);
        await Allow();

        Assert.Equal(["alpha==1.0"], template.Packages!.Python!);
        Assert.True(template.SizeBytes > 0);
        Assert.Equal("['1.0', True]", (await (await Open("with", "standard")).Run(Where, Token)).Value);
        Assert.Equal("['1.0', True]", (await (await Open("with", "strong")).Run(Where, Token)).Value);
        var job = await Client.Run(new { language = "python", code = "import beta\nbeta.version", template = "with" }, Token);
        Assert.Equal("3.0", job.Result.GetString());
        var program = await Client.Run(new { command = new[] { "python3", "-c", "import alpha, beta; print(alpha.version, alpha.__file__)" }, template = "with" }, Token);
        Assert.Equal("1.0 /opt/packages/python/site-packages/alpha.py\n", program.Stdout);
        var elsewhere = await Client.Run(new { language = "python", code = "import alpha" }, Token);
        Assert.Contains("ModuleNotFoundError", elsewhere.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_InstallsAnotherVersion_AndGetsThatOne()
    {
        await Allow(python: ["alpha", "beta", "gamma"]);
        await Make("with", "default", new { python = new[] { "alpha==1.0" } });

        var session = await SessionClient.Open(Client, Token, new { template = "with", packages = new { python = new[] { "alpha==2.0" } } });

        Assert.Equal("'2.0'", (await session.Run("import alpha\nalpha.version", Token)).Value);
        Assert.Equal("2.0\n", (await session.Run(new { command = new[] { "python3", "-c", "import alpha; print(alpha.version)" } }, Token)).Stdout);
    }

    [Fact]
    public async Task Derived_UponOneWithPackages_HasThoseToo_AlsoWhenThatIsGone()
    {
        await Allow(python: ["alpha", "beta", "gamma"], node: ["is-odd", "is-number"]);
        await Make("lower", "default", new { python = new[] { "alpha==1.0" }, node = new[] { "is-number@7.0.0" } });
        var upper = await Make("upper", "lower", new { python = new[] { "gamma", "alpha==2.0" }, node = new[] { "is-odd@3.0.1" } });
        await Make("same", "upper", null);
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete("/v1/templates/lower", Token));
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete("/v1/templates/upper", Token));

        var python = await Client.Run(new { language = "python", code = "import alpha, beta, gamma\n[alpha.version, beta.version, gamma.version]", template = "same" }, Token);
        Assert.Equal("""["2.0","3.0","1.0"]""", python.Result.GetRawText().Replace(" ", "", StringComparison.Ordinal));
        var files = new[] { new { path = "main.mjs", content = "import odd from 'is-odd'; import number from 'is-number'; console.log(odd(3), number(3));" } };
        var node = await Client.Run(new { command = new[] { "node", "main.mjs" }, files, template = "same" }, Token);
        Assert.True(node.Stdout == "true true\n", node.ToString());
        Assert.NotEqual(upper.Digest, upper.PackagesDigest);
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete("/v1/templates/same", Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data.Roots));
    }

    [Fact]
    public async Task UponAnArchive_InstallsByItsOwnPython_OrSaysThatItHasNone()
    {
        await Allow(python: ["alpha", "beta"]);
        await Client.Import(SmallRoot.Archive(python: false), "name=small", Token);

        var failed = await Try("with", "small", new { python = new[] { "alpha" } });

        Assert.Equal("failed", failed.Status);
        Assert.Contains("python", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packages_ThatPolicyDoesNotAllow_AreDeniedByName()
    {
        await Allow(python: ["alpha"]);
        using var denied = await Client.Http.PostAsJsonAsync("/v1/templates", Request("with", "default", new { python = new[] { "alpha", "gamma" } }), Token);
        var problem = await SandboxClient.Read<Problem>(denied, Token);
        Assert.Equal((403, "packages"), (problem.Status, problem.Rule));
        Assert.Equal(["packages.python[1]"], problem.Errors!.Keys);
        Assert.Equal(HttpStatusCode.NotFound, await Client.StatusOf("/v1/templates/with", Token));

        var failed = await Try("with", "default", new { python = new[] { "alpha" } });

        Assert.Equal("failed", failed.Status);
        Assert.Contains("beta", failed.Error, StringComparison.Ordinal);
        Assert.Contains(await Audit("package.request"), entry => entry.GetProperty("event").GetProperty("resource").GetProperty("type").GetString() == "template");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data.Roots));
    }

    [Fact]
    public async Task Snapshot_WithMemory_GoesOnWithThePackagesOfItsTemplate()
    {
        await Allow(python: ["alpha", "beta"]);
        await Make("with", "default", new { python = new[] { "alpha==1.0" } }, preloads: ["alpha"]);
        var session = await Open("with", "strong");
        await session.Run("x = 41", Token);

        var fork = Assert.Single(await session.Fork(Client, new { memory = true }, Token));
        var step = await fork.Run("import beta\n[x + 1, beta.version]", Token);
        Assert.Equal("[42, '3.0']", step.Value);
    }

    [Fact]
    public async Task Kill_WhilePackagesAreInstalled_FailsItAndLeavesNothing()
    {
        await Allow(python: ["alpha", "beta"]);
        _index.Hold();
        using (var accepted = await Client.Http.PostAsJsonAsync("/v1/templates", Request("with", "default", new { python = new[] { "alpha" } }), Token))
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await _index.Asked.WaitAsync(Token);
        await _server.Kill(Token);

        await using var second = await SandboxServer.Start(_data, Token, ("Sandbox__Packages__PythonIndex", _index.Url));

        var template = await second.Client.GetTemplate("with", Token);
        Assert.Equal(("failed", "The server stopped while it came in."), (template.Status, template.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data.Roots));
        Assert.Equal(HttpStatusCode.NoContent, await second.Client.Delete("/v1/templates/with", Token));
    }

    private Task<SessionClient> Open(string template, string isolation) => SessionClient.Open(Client, Token, new { template, isolation });

    private async Task<Template> Make(string name, string from, object? packages, string[]? preloads = null)
    {
        var template = await Try(name, from, packages, preloads);
        Assert.True(template.Status == "ready", template.Error);
        return template;
    }

    private async Task<Template> Try(string name, string from, object? packages, string[]? preloads = null)
    {
        using var answer = await Client.Http.PostAsJsonAsync("/v1/templates?wait=60", Request(name, from, packages, preloads), Token);
        return await SessionClient.ReadAs<Template>(answer, HttpStatusCode.Created, Token);
    }

    private static object Request(string name, string from, object? packages, string[]? preloads = null) =>
        new { name, from, packages, preloads = new { python = preloads ?? [] } };

    private async Task Allow(string[]? python = null, string[]? node = null)
    {
        var packages = new { python = new { allow = python ?? [] }, node = new { allow = node ?? [] } };
        using var answer = await Client.Http.PutAsJsonAsync("/v1/policies/default", new { packages }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task<List<JsonElement>> Audit(string action)
    {
        var page = await Client.Http.GetFromJsonAsync<JsonElement>($"/v1/audit/events?action={action}", Token);
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
