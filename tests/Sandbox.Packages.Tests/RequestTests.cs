using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Packages.Tests.Testing;

namespace Sandbox.Packages.Tests;

/// <summary>What is no good request, and what is refused.</summary>
public sealed class RequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/python/")]
    [InlineData("/python/simple/")]
    [InlineData("/python/simple/demo/more/")]
    [InlineData("/python/simple/..%2f..%2fetc%2fpasswd/")]
    [InlineData("/python/simple/%2e%2e/")]
    [InlineData("/python/simple/d%C3%A9mo/")]
    [InlineData("/python/simple/demo%0d%0aX-Y:z/")]
    [InlineData("/python/files/demo/abc/demo-1.0-py3-none-any.whl")]
    [InlineData("/python/files/demo/0000000000000000000000000000000000000000000000000000000000000000/..%2fdemo-1.0-py3-none-any.whl")]
    [InlineData("/python/files/demo/0000000000000000000000000000000000000000000000000000000000000000/other-1.0-py3-none-any.whl")]
    [InlineData("/node/")]
    [InlineData("/node/-/ping")]
    [InlineData("/node/demo/1.0.0")]
    [InlineData("/node/..%2fdemo")]
    [InlineData("/node/@scope%2f..%2fdemo")]
    [InlineData("/node/@scope%252fdemo%252fmore")]
    [InlineData("/node/demo/-/..%2f..%2fdemo-1.0.0.zip")]
    [InlineData("/node/demo/-/other-1.0.0.tgz")]
    [InlineData("/node/demo/-/demo-1.0.0.tgz/-/demo-1.0.0.tgz")]
    [InlineData("/files/demo-1.0-py3-none-any.whl")]
    public async Task Path_ThatMeansNothing_IsNotFoundAndAsksNobody(string path)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], true));

        Assert.Contains(" 404 ", await Raw(gateway, $"GET {path} HTTP/1.1"), StringComparison.Ordinal);
        Assert.Empty(gateway.Records);
        Assert.Empty(cache.Files);
    }

    [Theory]
    [InlineData("/python/simple/demo%00/")]
    [InlineData("/node/demo%00")]
    public async Task Path_WithAZero_IsABadRequestOrNotFound(string path)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], true));
        Assert.Matches("^HTTP/1.1 40[04] ", await Raw(gateway, $"GET {path} HTTP/1.1"));
    }

    [Fact]
    public async Task Name_ThatIsVeryLong_IsNotFound()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], true));

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get($"/python/simple/{new string('a', 5000)}/")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get($"/node/{new string('a', 5000)}")).Status);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Method_ThatWrites_IsNotAllowed(string method)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], true));

        using var response = await gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/node/demo") { Content = new StringContent("{}") }, Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Empty(cache.Files);
    }

    [Fact]
    public async Task Version_ThatIsNotAllowed_IsRefusedOnItsPageAndAsAFile()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var wheel = Wheel.Of("demo", "2.0");
        upstream.HasPython("demo", wheel);
        upstream.HasNode("demo", new NodeTarball("demo", "2.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo<2"], ["demo@1"], true));
        var hash = (string)upstream.PythonFile(wheel.File, wheel.Content)["hashes"]!["sha256"]!;

        (HttpStatusCode, string)[] answers =
        [
            await gateway.Get("/python/simple/demo/"),
            await gateway.Get($"/python/files/demo/{hash}/{wheel.File}"),
            await gateway.Get("/node/demo"),
            await gateway.Get("/node/demo/-/demo-2.0.0.tgz"),
        ];

        Assert.Equal(
            [
                (HttpStatusCode.Forbidden, "The policy allows no version of the Python package demo that the index has.\n"),
                (HttpStatusCode.Forbidden, "The policy does not allow version 2.0 of the Python package demo.\n"),
                (HttpStatusCode.Forbidden, "The policy allows no version of the Node package demo that the registry has.\n"),
                (HttpStatusCode.Forbidden, "The policy does not allow version 2.0.0 of the Node package demo.\n"),
            ],
            answers);
        Assert.All(gateway.Records, request => Assert.Equal("version_not_allowed", request.Refused));
        Assert.Equal([null, "2.0", null, "2.0.0"], gateway.Records.Select(request => request.Version));
        Assert.Empty(cache.Files);
    }

    [Fact]
    public async Task Permit_ThatChanges_HoldsForTheNextRequest()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0", ("dependencies", "lower", "*")));
        upstream.HasNode("lower", new NodeTarball("lower", "1.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], true));
        await gateway.Get("/node/demo");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/node/lower")).Status);

        gateway.Access.Change(new([], ["other"], true));

        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.Get("/node/demo")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.Get("/node/lower")).Status);
        Assert.Throws<FormatException>(() => gateway.Access.Change(new([], ["a b"], true)));
    }

    [Fact]
    public async Task NodeFiles_OfDependenciesThatNobodyHasDeclaredYet_AreSearchedFor()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0", ("dependencies", "middle", "*"), ("dependencies", "gone", "*")), new NodeTarball("demo", "2.0.0", ("dependencies", "other", "*")));
        upstream.HasNode("middle", new NodeTarball("middle", "1.0.0", ("dependencies", "demo", "*"), ("dependencies", "lower", "*")));
        foreach (var name in new[] { "lower", "other" })
            upstream.HasNode(name, new NodeTarball(name, "1.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo@1"], true));

        var answers = await Task.WhenAll(new[] { "lower", "middle", "other" }.Select(name => gateway.Get($"/node/{name}/-/{name}-1.0.0.tgz")));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden], answers.Select(answer => answer.Status));
        Assert.Equal(1, upstream.Requests("/demo"));
    }

    [Fact]
    public async Task NodeFiles_WhileTheRegistryFails_AreSearchedForAgain()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("lower", new NodeTarball("lower", "1.0.0"));
        upstream.On("/demo", context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], true));

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Get("/node/lower/-/lower-1.0.0.tgz")).Status);
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0", ("dependencies", "lower", "*")));
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/node/lower/-/lower-1.0.0.tgz")).Status);
    }

    [Fact]
    public async Task Package_ThatTheIndexDoesNotHave_IsNotFound()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], ["demo"], false));

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get("/python/simple/demo/")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get("/node/demo")).Status);
        Assert.All(gateway.Records, request => Assert.Equal("not_found", request.Refused));
    }

    [Theory]
    [InlineData("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", "application/vnd.pypi.simple.v1+json")]
    [InlineData("application/vnd.pypi.simple.v1+json;q=0.2, text/html", "text/html")]
    [InlineData("application/vnd.pypi.simple.v1+json;q=0", "text/html")]
    [InlineData("text/html", "text/html")]
    [InlineData("*/*", "text/html")]
    [InlineData("\"nonsense", "text/html")]
    [InlineData("", "text/html")]
    public async Task PythonPage_IsOfTheTypeThatIsPreferred(string accept, string type)
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasPython("demo", Wheel.Of("demo", "1.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/python/simple/demo/");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await gateway.Client.SendAsync(request, Token);

        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Head_OfAFile_SaysItsSizeAlone()
    {
        using var cache = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var tarball = new NodeTarball("demo", "1.0.0");
        upstream.HasNode("demo", tarball);
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        using var response = await gateway.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/node/demo/-/demo-1.0.0.tgz"), Token);

        Assert.Equal(tarball.Content.Length, response.Content.Headers.ContentLength);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    // As it is written: a client would tidy the path up.
    private static async Task<string> Raw(TestGateway gateway, string line)
    {
        using var client = new TcpClient();
        var address = new Uri(gateway.Proxy);
        await client.ConnectAsync(address.Host, address.Port, Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\nHost: {PackageGateway.Host}\r\nConnection: close\r\n\r\n"), Token);
        return await new StreamReader(stream).ReadToEndAsync(Token);
    }
}
