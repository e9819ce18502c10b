using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Templates;

public sealed class TemplateTests
{
    private const string Importing = """{"name":"data","status":"importing","shared":true,"source":"archive"}""";

    private const string Ready = """
        {"name":"data","status":"ready","shared":true,"source":"archive","languages":["bash","python"],"preloads":{"python":["numpy"]},"env":{"A":"1"},"sizeBytes":1048576}
        """;

    [Fact]
    public async Task Import_File_StreamsItAndWaitsUntilItWasTriedOut()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/templates", 202, Importing).On("GET /v1/templates/data", 200, Importing).On("GET /v1/templates/data", 200, Ready);
        using var folder = new TemporaryFolder();

        var result = await CliRun.Against(server).Run(
            "template", "import", folder.Write("root.tar", "bytes"), "--name", "data", "--preload", "numpy", "--preload", "pandas", "--preload-js", "lodash", "--env", "A=1 2", "--start", "/bin/sh", "--start", "x");

        Assert.True(result.ExitCode == 0, result.ErrorText);
        var sent = server.Requests[0];
        Assert.Equal(
            "POST /v1/templates?name=data&env.A=1%202&startCommand=%5B%22%2Fbin%2Fsh%22%2C%22x%22%5D&preloads.python=numpy%2Cpandas&preloads.javascript=lodash", sent.Line);
        Assert.Equal(("bytes", "application/x-tar"), (sent.Body, sent.Headers.ContentType.ToString()));
        Assert.Contains("bash, python", result.Text, StringComparison.Ordinal);
        Assert.Contains("1 MiB", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("template:default", """{"name":"data","from":"default","preloads":{"python":["numpy"]}}""")]
    [InlineData("server:/srv/image", """{"name":"data","folder":"/srv/image","preloads":{"python":["numpy"]}}""")]
    public async Task Import_WithoutBytes_IsAskedForInJson(string source, string body)
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/templates", 201, Ready);

        var result = await CliRun.Against(server).Run("template", "import", source, "--name", "data", "--preload", "numpy", "--json");

        Assert.True(result.ExitCode == 0, result.ErrorText);
        Assert.Equal(body, server.Requests.Single().Body);
        Assert.Contains("\"status\": \"ready\"", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WithPackages_AsksForThemUponAnotherTemplateOnly()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/templates", 201, Ready);

        var result = await CliRun.Against(server).Run("template", "import", "template:default", "--name", "data", "--python", "pandas>=2", "--node", "lodash");
        var refused = await CliRun.Against(server).Run("template", "import", "-", "--name", "data", "--python", "pandas");

        Assert.True(result.ExitCode == 0, result.ErrorText);
        Assert.Contains("""
            "packages":{"python":["pandas>=2"],"node":["lodash"]}
            """.Trim().Replace(">", "\\u003E", StringComparison.Ordinal), server.Requests.Single().Body, StringComparison.Ordinal);
        Assert.Contains("template:NAME", refused.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Folder_IsPacked()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/templates", 201, Ready);
        using var folder = new TemporaryFolder();
        folder.Write("image/bin/sh", "the shell");

        var result = await CliRun.Against(server).Run("template", "import", Path.Combine(folder.Path, "image"), "--name", "data");

        Assert.True(result.ExitCode == 0, result.ErrorText);
        Assert.Contains("./bin/sh", server.Requests.Single().Body, StringComparison.Ordinal);
        Assert.Contains("the shell", server.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ThatFails_SaysWhyAndExitsSo()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/templates", 201, """{"name":"data","status":"failed","shared":true,"error":"Importing numpy failed\u001b[2J"}""");

        var result = await CliRun.Against(server).Run("template", "import", "template:default", "--name", "data");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("the template data failed: Importing numpy failed", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.ErrorText);
    }

    [Fact]
    public async Task Import_DockerThatIsNotThere_SaysSo()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/templates", 422, """{"detail":"It is empty.","code":"template_invalid"}""");

        // Whether Docker is installed or not: such an image is nowhere.
        var result = await CliRun.Against(server).Run("template", "import", "docker:no.such.registry/no-such-image", "--name", "data");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("docker:no.such.registry/no-such-image", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListShowAndRemove_CallTheirRoutes()
    {
        await using var server = await ScriptedServer.Start();
        server.On("GET /v1/templates", 200, $$"""{"items":[{{Ready}}],"nextCursor":"next"}""")
            .On("GET /v1/templates/data", 200, Ready)
            .On("DELETE /v1/templates/data", 204, "");

        var list = await CliRun.Against(server).Run("template", "ls");
        var show = await CliRun.Against(server).Run("template", "show", "data");
        var remove = await CliRun.Against(server).Run("template", "rm", "data");

        Assert.Contains("data", list.Text, StringComparison.Ordinal);
        Assert.Contains("--cursor next", list.ErrorText, StringComparison.Ordinal);
        Assert.Contains("python: numpy", show.Text, StringComparison.Ordinal);
        Assert.Equal("data removed\n", remove.Text);
    }

    [Fact]
    public async Task SessionNewAndRun_OfATemplate_NameIt()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/sessions", 201, Wires.Session("ready")).OnJob(Wires.Succeeded(1));
        using var folder = new TemporaryFolder();

        await CliRun.Against(server).Run("session", "new", "--template", "data");
        await CliRun.Against(server).Run("run", folder.Write("a.py", "1"), "--template", "data", "--detach");

        Assert.All(server.Requests, request => Assert.Contains("\"template\":\"data\"", request.Body, StringComparison.Ordinal));
    }
}
