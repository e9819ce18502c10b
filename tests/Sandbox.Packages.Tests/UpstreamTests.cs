using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Packages.Tests.Testing;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Tests;

/// <summary>Indexes that are wrong, hostile or away.</summary>
public sealed class UpstreamTests
{
    [Fact]
    public async Task File_WithOtherBytesThanItsHash_IsRefusedAndNotKept()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var wheel = Wheel.Of("demo", "1.0");
        upstream.HasPython("demo", wheel);
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        upstream.Has($"/files/{wheel.File}", "application/octet-stream", "poison");
        upstream.Has("/demo/-/demo-1.0.0.tgz", "application/octet-stream", "poison");
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], false));
        var path = $"/python/files/demo/{upstream.PythonFile(wheel.File, wheel.Content)["hashes"]!["sha256"]}/{wheel.File}";

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get(path)).Status);
        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/node/demo/-/demo-1.0.0.tgz")).Status);
        Assert.Empty(cache.Files);
        Assert.All(gateway.Records, request => Assert.Equal("upstream_failed", request.Refused));

        upstream.Has($"/files/{wheel.File}", "application/octet-stream", wheel.Content);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get(path)).Status);
    }

    [Fact]
    public async Task File_OfAnotherPackage_IsNotServedUnderAnAllowedName()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var (allowed, other) = (Wheel.Of("demo", "1.0"), Wheel.Of("other", "1.0"));
        upstream.HasPython("demo", allowed);
        upstream.HasPython("other", other);
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));
        var hash = upstream.PythonFile(other.File, other.Content)["hashes"]!["sha256"];
        var own = upstream.PythonFile(allowed.File, allowed.Content)["hashes"]!["sha256"];

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get($"/python/files/demo/{own}/demo-2.0-py3-none-any.whl")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get($"/python/files/demo/{hash}/{allowed.File}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get($"/python/files/demo/{hash}/{other.File}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.Get($"/python/files/other/{hash}/{other.File}")).Status);
    }

    [Fact]
    public async Task PythonPage_WithWhatCannotBeTrusted_OffersOnlyTheRest()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var (good, bad) = (Wheel.Of("demo", "1.0"), Wheel.Of("demo", "1.1"));
        var noHash = upstream.PythonFile(bad.File, bad.Content);
        noHash["hashes"] = new JsonObject { ["md5"] = "00" };
        var wrongHash = upstream.PythonFile(bad.File, bad.Content);
        wrongHash["hashes"]!["sha256"] = "../../etc/passwd";
        var otherScheme = upstream.PythonFile(bad.File, bad.Content);
        otherScheme["url"] = "file:///etc/passwd";
        var otherName = upstream.PythonFile("../demo-1.1.tar.gz", bad.Content);
        var noVersion = upstream.PythonFile("demo-latest.tar.gz", bad.Content);
        var yanked = upstream.PythonFile(good.File, good.Content);
        (yanked["yanked"], yanked["requires-python"]) = ("a <b>", ">=3.8,<4");
        upstream.HasPythonPage("demo", noHash, wrongHash, otherScheme, otherName, noVersion, yanked);
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));

        var json = JsonNode.Parse((await gateway.Get("/python/simple/demo/", "application/vnd.pypi.simple.v1+json, text/html;q=0.1")).Text)!;
        var html = (await gateway.Get("/python/simple/demo/", "text/html")).Text;

        var file = Assert.Single(json["files"]!.AsArray())!;
        Assert.Equal((good.File, "a <b>", ">=3.8,<4"), ((string?)file["filename"], (string?)file["yanked"], (string?)file["requires-python"]));
        Assert.StartsWith("http://packages.sandbox/python/files/demo/", (string?)file["url"], StringComparison.Ordinal);
        Assert.Null(file["core-metadata"]);
        Assert.Contains("data-yanked=\"a &lt;b&gt;\"", html, StringComparison.Ordinal);
        Assert.Contains("data-requires-python=\"&gt;=3.8,&lt;4\"", html, StringComparison.Ordinal);
        Assert.Single(html.Split("<a ").Skip(1));
    }

    [Fact]
    public async Task PythonIndex_InHtml_IsRead()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var (file, content) = Wheel.Of("demo", "1.0");
        var hash = upstream.PythonFile(file, content)["hashes"]!["sha256"];
        upstream.Has($"/elsewhere/{file}", "application/octet-stream", content);
        upstream.Has(
            "/simple/demo/", "text/html; charset=utf-8",
            $"<html><head><base href='/elsewhere/'></head><body><a data-requires-python='&gt;=3' href='{file}#sha256={hash}'>{file}</a><a href='x'>no hash</a></body></html>");
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));

        var (exit, output) = await Tool.Pip(gateway, home, "install", "--target", home.Path, "demo");

        Assert.True(exit == 0, output);
        Assert.True(File.Exists(Path.Combine(home.Path, "demo.py")));
    }

    [Fact]
    public async Task PythonIndex_InHtmlThatIsVeryDeep_IsRead()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var (file, content) = Wheel.Of("demo", "1.0");
        var hash = upstream.PythonFile(file, content)["hashes"]!["sha256"];
        upstream.Has("/simple/demo/", "text/html", string.Concat(Enumerable.Repeat("<div>", 1_000_000)) + $"<a data-yanked href='{file}#sha256={hash}'><b>{file}</b></a>");
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));

        var (_, text) = await gateway.Get("/python/simple/demo/", "application/vnd.pypi.simple.v1+json");

        Assert.True((bool?)Assert.Single(JsonNode.Parse(text)!["files"]!.AsArray())!["yanked"]);
    }

    [Fact]
    public async Task Packument_WithWhatCannotBeTrusted_OffersOnlyTheRest()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var packument = upstream.NodePackument("demo", [.. Enumerable.Range(0, 6).Select(minor => new NodeTarball("demo", $"1.{minor}.0"))]);
        var versions = packument["versions"]!;
        versions["1.1.0"]!["dist"]!.AsObject().Remove("integrity");
        versions["1.2.0"]!["dist"]!["integrity"] = "sha1-AAAA";
        versions["1.3.0"]!["dist"]!["tarball"] = "file:///etc/passwd";
        versions["1.4.0"]!["version"] = "9.9.9";
        versions["1.5.0"] = 5;
        upstream.Has("/demo", "application/json", packument.ToJsonString());
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], true));

        var full = JsonNode.Parse((await gateway.Get("/node/demo")).Text)!;
        var brief = JsonNode.Parse((await gateway.Get("/node/demo", "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8")).Text)!;

        Assert.Equal("1.0.0", Assert.Single(full["versions"]!.AsObject()).Key);
        Assert.Equal("""{"first":"1.0.0","latest":"1.0.0"}""", full["dist-tags"]!.ToJsonString());
        Assert.Equal(["created", "1.0.0"], full["time"]!.AsObject().Select(time => time.Key));
        Assert.Equal("http://packages.sandbox/node/demo/-/demo-1.0.0.tgz", (string?)full["versions"]!["1.0.0"]!["dist"]!["tarball"]);
        Assert.Equal("for tests", (string?)full["description"]);
        Assert.Equal(["name", "dist-tags", "versions"], brief.AsObject().Select(property => property.Key));
        Assert.Equal(["name", "version", "dist"], brief["versions"]!["1.0.0"]!.AsObject().Select(property => property.Key));
    }

    [Theory]
    [InlineData("""{"name":"other","versions":{}}""")]
    [InlineData("""{"name":"demo","name":"other","versions":{}}""")]
    [InlineData("""{"name":"demo","versions":[]}""")]
    [InlineData("""{"versions":{}}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"name":"demo\ud800"}""")]
    [InlineData("""{"name":"demo","versions":{},"dist-tags":{"latest":"\ud800"}}""")]
    [InlineData("""{"name":"demo","versions":{},"\ud800":1}""")]
    [InlineData("nothing")]
    [InlineData("")]
    public async Task Page_ThatIsNone_IsABadGateway(string text)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.Has("/demo", "application/json", text);
        upstream.Has("/simple/demo/", "application/vnd.pypi.simple.v1+json", text);
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], false));

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/node/demo")).Status);
        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/python/simple/demo/")).Status);
    }

    [Fact]
    public async Task Upstream_ThatFails_IsABadGatewayAndAskedAgain()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.On("/demo", context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        var (status, text) = await gateway.Get("/node/demo");
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));

        Assert.Equal((HttpStatusCode.BadGateway, "The package demo could not be fetched from the node index.\n"), (status, text));
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/node/demo")).Status);
    }

    [Fact]
    public async Task Upstream_ThatIsAway_IsABadGateway()
    {
        using var cache = new TestFolder();
        var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], false));
        await upstream.DisposeAsync();

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/node/demo")).Status);
        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/python/simple/demo/")).Status);
    }

    [Theory]
    [InlineData("/demo", "/node/demo", 60)]
    [InlineData("/demo/-/demo-1.0.0.tgz", "/node/demo/-/demo-1.0.0.tgz", 1800)]
    public async Task Upstream_ThatDoesNotAnswer_IsABadGatewayInTime(string stuck, string path, int seconds)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        var asked = new TaskCompletionSource();
        upstream.On(stuck, context =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        var answer = gateway.Get(path);
        await asked.Task;
        gateway.Time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(HttpStatusCode.BadGateway, (await answer).Status);
        Assert.Empty(cache.Files);
    }

    [Theory]
    [InlineData("/there", 200)]
    [InlineData("/demo", 502)]
    [InlineData("file:///etc/passwd", 502)]
    [InlineData("ftp://127.0.0.1/demo", 502)]
    public async Task Redirect_IsFollowedWithinBounds(string location, int status)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.Has("/there", "application/json", upstream.NodePackument("demo", new NodeTarball("demo", "1.0.0")).ToJsonString());
        upstream.On("/demo", context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        Assert.Equal(status, (int)(await gateway.Get("/node/demo")).Status);
        Assert.InRange(upstream.Requests("/demo"), 1, 6);
    }

    [Theory]
    [InlineData("MaxIndexBytes", "/node/demo")]
    [InlineData("MaxPackageBytes", "/node/demo/-/demo-1.0.0.tgz")]
    public async Task Answer_ThatIsTooLarge_IsABadGatewayAndNotKept(string option, string path)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false), (option, "100"));

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get(path)).Status);
        Assert.Empty(cache.Files);
    }

    [Theory]
    [InlineData("https://index.example/", "https://files.example/a", true)]
    [InlineData("https://index.example/", "http://index.example/a", false)]
    [InlineData("http://index.example/", "http://index.example:8081/a", true)]
    [InlineData("http://index.example/", "http://files.example/a", false)]
    [InlineData("http://index.example/", "http://169.254.169.254/latest/meta-data", false)]
    [InlineData("http://index.example/", "https://files.example/a", true)]
    [InlineData("http://index.example/", "ftp://files.example/a", false)]
    [InlineData("http://index.example/", "file:///etc/passwd", false)]
    [InlineData("http://index.example/", "a", false)]
    public void Address_OfAnIndex_NeedsTlsUnlessItIsItsOwnHostWithout(string index, string address, bool may) =>
        Assert.Equal(may, UpstreamClient.MayLead(new Uri(index), new Uri(address, UriKind.RelativeOrAbsolute)));

    [Fact]
    public async Task Page_IsBelievedForAWhile()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasPython("demo", Wheel.Of("demo", "1.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false), ("IndexSeconds", "100"));

        await gateway.Get("/python/simple/demo/");
        gateway.Time.Advance(TimeSpan.FromSeconds(99));
        await gateway.Get("/python/simple/demo/");
        Assert.Equal(1, upstream.Requests("/simple/demo/"));
        gateway.Time.Advance(TimeSpan.FromSeconds(2));
        await gateway.Get("/python/simple/demo/");
        Assert.Equal(2, upstream.Requests("/simple/demo/"));
    }
}
