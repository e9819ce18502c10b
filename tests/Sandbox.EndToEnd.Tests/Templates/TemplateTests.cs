using System.Net;
using System.Net.Http.Json;
using Sandbox.Testing.Templates;

namespace Sandbox.EndToEnd.Tests.Templates;

/// <summary>Templates over HTTP: from an archive, from a folder, upon each other; what runs in them, and how they go.</summary>
public sealed class TemplateTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxClient Client => server.Client;

    [Fact]
    public async Task Archive_SessionAndJobInIt_RunItsOwnPrograms()
    {
        var name = Name();
        var template = await Client.Import(SmallRoot.Archive(), $"name={name}&env.FROM=template&env.WORD=template&preloads.python=ahead", Token);

        Assert.Equal(["bash", "python"], template.Languages!);
        Assert.StartsWith("sha256:", template.Digest, StringComparison.Ordinal);
        var session = await SessionClient.Open(Client, Token, new { template = name, env = new Dictionary<string, string> { ["WORD"] = "session" } });
        var step = await session.Run("import os, sys\n[os.environ['FROM'], os.environ['WORD'], os.path.exists('/usr/bin/perl'), 'ahead' in sys.modules]", Token);
        Assert.Equal("['template', 'session', False, True]", step.Value);
        var command = await session.Run(new { command = new[] { "/bin/sh", "-c", "echo $FROM $WORD" } }, Token);
        Assert.Equal("template session\n", command.Stdout);
        using var refused = await session.Send(new { code = "1", language = "javascript" }, Token);
        Assert.Equal("language_unavailable", await SessionClient.CodeOf(refused, HttpStatusCode.UnprocessableEntity, Token));

        var job = await Client.Run(new { language = "bash", code = "echo $FROM; test -e /usr/bin/perl || echo alone", template = name }, Token);
        Assert.Equal("template\nalone\n", job.Stdout);
        using var node = await Client.Post(new { language = "javascript", code = "1", template = name }, Token);
        Assert.Equal("language_unavailable", await SessionClient.CodeOf(node, HttpStatusCode.UnprocessableEntity, Token));
        await End(session, name);
    }

    [Fact]
    public async Task Archive_StrongIsolation_RunsUnderGvisor()
    {
        var name = Name();
        await Client.Import(SmallRoot.Archive(), $"name={name}&preloads.python=ahead", Token);

        var session = await SessionClient.Open(Client, Token, new { template = name, isolation = "strong" });
        Assert.Equal("[True, False]", (await session.Run("import os, sys\n['ahead' in sys.modules, os.path.exists('/usr/bin/perl')]", Token)).Value);
        var job = await Client.Run(new { language = "python", code = "6 * 7", template = name, isolation = "strong" }, Token);
        Assert.Equal(42, job.Result.GetInt32());
        await End(session, name);
    }

    [Fact]
    public async Task Derived_FromTheDefault_HasItsPreloadsInEveryContext()
    {
        var name = Name();
        var template = await Client.MakeTemplate(
            new { name, from = "default", preloads = new { python = new[] { "decimal", "xml.dom" }, javascript = new[] { "inspector" } }, env = new Dictionary<string, string> { ["A"] = "1" } }, Token);

        Assert.Equal(("template", "default", true), (template.Source, template.From, template.Languages!.Contains("javascript")));
        var session = await SessionClient.Open(Client, Token, new { template = name });
        const string code = "import sys, os\n['xml.dom' in sys.modules, 'decimal' in sys.modules, 'decimal' in globals(), os.environ['A'], 'SANDBOX_PRELOAD' in os.environ]";
        Assert.Equal("[True, True, False, '1', False]", (await session.Run(code, Token)).Value);
        Assert.Equal("[True, True, False, '1', False]", (await session.Run(new { code, context = "other" }, Token)).Value);
        var script = await session.Run(new { code = "process.moduleLoadList.includes('NativeModule inspector')", language = "javascript" }, Token);
        Assert.Equal("true", script.Value);
        await End(session, name);
    }

    [Fact]
    public async Task Derived_FromAnImported_KeepsItsFilesWhenThatIsRemoved()
    {
        var (lower, upper) = (Name(), Name());
        var first = await Client.Import(SmallRoot.Archive(), $"name={lower}&env.A=lower&env.B=lower", Token);
        var second = await Client.MakeTemplate(new { name = upper, from = lower, env = new Dictionary<string, string> { ["B"] = "upper" } }, Token);
        Assert.Equal((first.Digest, first.SizeBytes), (second.Digest, second.SizeBytes));

        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete($"/v1/templates/{lower}", Token));

        var job = await Client.Run(new { language = "bash", code = "echo $A $B", template = upper }, Token);
        Assert.Equal("lower upper\n", job.Stdout);
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete($"/v1/templates/{upper}", Token));
    }

    [Fact]
    public async Task StartCommand_OfATemplate_HasRunBeforeTheFirstStep()
    {
        var name = Name();
        await Client.MakeTemplate(new { name, from = "default", env = new Dictionary<string, string> { ["WORD"] = "ready" }, startCommand = new[] { "/bin/sh", "-c", "echo $WORD >started" } }, Token);
        var session = await SessionClient.Open(Client, Token, new { template = name });
        Assert.Equal("'ready\\n'", (await session.Run("open('/workspace/started').read()", Token)).Value);
        await End(session, name);
    }

    [Theory]
    [InlineData("""{"preloads": {"python": ["no_such_module"]}}""", "Importing no_such_module failed: ModuleNotFoundError")]
    [InlineData("""{"preloads": {"javascript": ["no-such-module"]}}""", "Loading no-such-module failed: Cannot find module")]
    [InlineData("""{"startCommand": ["/bin/sh", "-c", "echo not today; exit 7"]}""", "exit code 7): not today")]
    public async Task Derived_ThatCannotGetReady_FailsAndSaysWhy(string members, string reason)
    {
        var name = Name();
        var request = System.Text.Json.Nodes.JsonNode.Parse(members)!;
        (request["name"], request["from"]) = (name, "default");

        using var answer = await Client.Http.PostAsJsonAsync("/v1/templates?wait=60", request, Token);

        var template = await SessionClient.ReadAs<Template>(answer, HttpStatusCode.Created, Token);
        Assert.Equal("failed", template.Status);
        Assert.Contains(reason, template.Error, StringComparison.Ordinal);
        using var session = await Client.Http.PostAsJsonAsync("/v1/sessions", new { template = name }, Token);
        Assert.Equal("template_unknown", await SessionClient.CodeOf(session, HttpStatusCode.UnprocessableEntity, Token));
        // What failed may be tried again under its name.
        await Client.MakeTemplate(new { name, from = "default" }, Token);
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete($"/v1/templates/{name}", Token));
    }

    [Fact]
    public async Task Archive_ThatIsHostile_IsRefusedAndItsNameIsFree()
    {
        var name = Name();
        using var answer = await Client.SendArchive("no archive at all"u8.ToArray(), $"name={name}", Token);
        Assert.Equal("template_invalid", await SessionClient.CodeOf(answer, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal(HttpStatusCode.NotFound, await Client.StatusOf($"/v1/templates/{name}", Token));
    }

    [Fact]
    public async Task Remove_WhileASessionUsesIt_IsRefusedUntilThatHasEnded()
    {
        var name = Name();
        await Client.Import(SmallRoot.Archive(python: false), $"name={name}", Token);
        // Its only language is the one that is meant.
        var session = await SessionClient.Open(Client, Token, new { template = name });
        Assert.Equal("bash", (await session.Get(Token)).Language);

        using (var refused = await Client.Http.DeleteAsync($"/v1/templates/{name}", Token))
            Assert.Equal("template_in_use", await SessionClient.CodeOf(refused, HttpStatusCode.Conflict, Token));
        Assert.Equal("still\n", (await session.Run("echo still", Token)).Stdout);

        await End(session, name);
        Assert.Equal(HttpStatusCode.NotFound, await Client.StatusOf($"/v1/templates/{name}", Token));
    }

    [Fact]
    public async Task List_PageByPage_HasEachOnceAndTheDefaultLast()
    {
        string[] names = [Name(), Name(), Name()];
        foreach (var name in names)
            await Client.MakeTemplate(new { name, from = "default" }, Token);

        var listed = new List<string>();
        for (var cursor = (string?)""; cursor is not null;)
        {
            using var answer = await Client.Http.GetAsync($"/v1/templates?limit=1{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", Token);
            var page = await SessionClient.ReadAs<TemplatePage>(answer, HttpStatusCode.OK, Token);
            listed.AddRange(page.Items.Select(template => template.Name));
            cursor = page.NextCursor;
        }

        Assert.Equal(names.Reverse(), listed.Where(names.Contains));
        Assert.Equal("default", listed[^1]);
        Assert.Equal(listed.Count, listed.Distinct().Count());
        using (var taken = await Client.Http.PostAsJsonAsync("/v1/templates", new { name = names[0], from = "default" }, Token))
            Assert.Equal("template_exists", await SessionClient.CodeOf(taken, HttpStatusCode.Conflict, Token));
        foreach (var name in names)
            Assert.Equal(HttpStatusCode.NoContent, await Client.Delete($"/v1/templates/{name}", Token));
        Assert.Equal(HttpStatusCode.Forbidden, await Client.Delete("/v1/templates/default", Token));
    }

    private static string Name() => $"t{Guid.NewGuid():N}";

    private async Task End(SessionClient session, string template)
    {
        using var ended = await session.End(Token);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete($"/v1/templates/{template}", Token));
    }
}
