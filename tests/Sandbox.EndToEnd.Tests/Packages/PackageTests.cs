using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Packages;

/// <summary>Packages that jobs and sessions ask for, as far as the tenant's policy allows them.</summary>
public sealed class PackageTests(PackageServer server) : IClassFixture<PackageServer>, IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxClient Client => server.Client;

    // Each begins with the platform's policy.
    public async ValueTask InitializeAsync() => _ = await Client.Delete("/v1/policies/default", Token);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Job_GetsThePackagesItAsksFor_FromTheCacheTheSecondTime()
    {
        await Allow(python: ["kappa<2", "beta"]);

        var before = server.Index.Served;
        var first = await Import("kappa");
        var served = server.Index.Served;
        var second = await Import("kappa");

        Assert.True(first.Stdout == "1.0 3.0\n", first.ToString());
        Assert.True(second.Stdout == "1.0 3.0\n", second.ToString());
        Assert.True(served > before, "Nothing came from the index.");
        Assert.Equal(served, server.Index.Served);
        var asked = await Audit("package.request");
        Assert.Contains(asked, entry => entry.GetProperty("event").GetProperty("details").GetProperty("package").GetString() == "beta");
    }

    [Fact]
    public async Task Job_ThatAsksForAPackageThatIsNotAllowed_IsDeniedByItsName()
    {
        using (var answer = await Client.Post(new { language = "python", code = "1", packages = new { python = new[] { "alpha" } } }, Token))
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);

        await Allow(python: ["alpha"]);
        using var other = await Client.Post(new { language = "python", code = "1", packages = new { python = new[] { "alpha", "gamma" } } }, Token);

        var problem = await SandboxClient.Read<Problem>(other, Token);
        Assert.Equal((403, "packages"), (problem.Status, problem.Rule));
        Assert.Equal(["packages.python[1]"], problem.Errors!.Keys);
        Assert.Contains("'gamma'", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_WhosePackageNeedsOneThatIsNotAllowed_FailsAndSaysWhich()
    {
        await Allow(python: ["alpha"]);
        var job = await Import("alpha");
        Assert.True((job.Status, job.Cause) == ("failed", "packages_failed"), job.ToString());
        Assert.Contains("beta", job.Stderr, StringComparison.Ordinal);
        Assert.Contains(await Audit("package.request"), entry => entry.GetProperty("event").GetProperty("outcome").GetString() == "denied");
    }

    [Fact]
    public async Task Job_WithDependenciesOfAllowedPackages_GetsThem()
    {
        await Allow(python: ["alpha"], dependencies: "of_allowed");
        var job = await Import("alpha");
        Assert.True(job.Stdout == "2.0 3.0\n", job.ToString());
    }

    [Fact]
    public async Task Session_HasItsPackages_AndMayInstallMore()
    {
        await Allow(python: ["alpha", "beta", "gamma"]);
        var session = await SessionClient.Open(Client, Token, new { language = "python", packages = new { python = new[] { "alpha==1.0" } } });

        Assert.Equal("1.0\n", (await session.Run("import alpha\nprint(alpha.version)", Token)).Stdout);
        var more = await session.Run("!pip install -q gamma delta", Token);
        Assert.NotEqual("1.0\n", (await session.Run("import gamma\nprint(gamma.version)", Token)).Stdout);
        Assert.Contains("delta", more.Stdout + more.Stderr, StringComparison.Ordinal);
        await session.Run("!pip install -q gamma", Token);
        var step = await session.Run("import gamma\nprint(gamma.version)", Token);
        Assert.True(step.Stdout == "1.0\n", step.ToString());
    }

    [Fact]
    public async Task Session_WhosePackagesCannotBeInstalled_SaysSoInItsSteps()
    {
        await Allow(python: ["alpha"]);
        var session = await SessionClient.Open(Client, Token, new { language = "bash", packages = new { python = new[] { "alpha" } } });
        var step = await session.Run("echo never", Token);
        Assert.Equal(("failed", "packages_failed", ""), (step.Status, step.Cause, step.Stdout));
        Assert.Contains("beta", step.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_GetsNodePackagesFromTheRealRegistry()
    {
        await Allow(node: ["is-odd@^3"], dependencies: "of_allowed");
        var job = await Client.Run(
            new
            {
                language = "javascript",
                code = "console.log(require('is-odd')(3), require('is-odd/package.json').version)",
                packages = new { node = new[] { "is-odd" } },
                limits = new { wallSeconds = 120, memoryBytes = 1L << 30, diskBytes = 256L << 20 },
            },
            Token);
        Assert.True(job.Stdout?.StartsWith("true 3.", StringComparison.Ordinal) == true, job.ToString());
    }

    private Task<Job> Import(string package) => Client.Run(
        new { language = "python", code = $"import {package}, beta\nprint({package}.version, beta.version)", packages = new { python = new[] { package } } }, Token);

    private async Task Allow(string[]? python = null, string[]? node = null, string dependencies = "listed")
    {
        var packages = new { python = new { allow = python ?? [] }, node = new { allow = node ?? [] }, dependencies };
        using var answer = await Client.Http.PutAsJsonAsync("/v1/policies/default", new { packages }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task<List<JsonElement>> Audit(string action)
    {
        var page = await Client.Http.GetFromJsonAsync<JsonElement>($"/v1/audit/events?action={action}", Token);
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
