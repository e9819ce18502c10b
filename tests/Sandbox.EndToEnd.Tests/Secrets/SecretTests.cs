using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Egress;

namespace Sandbox.EndToEnd.Tests.Secrets;

/// <summary>Secrets in real sandboxes: who gets them, and that their values are nowhere else.</summary>
public sealed class SecretTests(SecretServer server) : IClassFixture<SecretServer>, IAsyncLifetime
{
    private const string Value = "planted-7c9e6679-\"quoted\"-value";
    private const string FileValue = "planted-file-0f8fad5b\nsecond-planted-line\n";
    private const string HeaderValue = "planted-header-d9cb2b1f";

    private readonly LocalSite _site = server.Site;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxClient Client => server.Server.Client;

    // Each begins with these, whatever the one before has changed and removed.
    public async ValueTask InitializeAsync()
    {
        await Put("TOKEN", new { value = Value });
        await Put("KEYFILE", new { value = FileValue, @as = "file" });
        await Put("API", new { value = HeaderValue, hosts = new[] { $"{LocalSite.Host}:{_site.TlsPort}" } });
        await Allow("TOKEN", "KEYFILE", "API");
    }

    public ValueTask DisposeAsync() => default;

    [Theory]
    [InlineData("python", "import os\nprint(os.environ['TOKEN'][::-1] == open('expected').read(), len(os.environ['TOKEN']), os.environ['TOKEN'])\nos.environ['TOKEN']")]
    [InlineData("javascript", "const fs = require('fs'); console.log([...process.env.TOKEN].reverse().join('') === fs.readFileSync('expected', 'utf8') ? 'True' : 'False', process.env.TOKEN.length, process.env.TOKEN)")]
    [InlineData("bash", "[ \"$(printf %s \"$TOKEN\" | rev)\" = \"$(cat expected)\" ] && echo True ${#TOKEN} \"$TOKEN\"")]
    public async Task Job_InEachLanguage_HasItAndShowsAMask(string language, string code)
    {
        // Backwards: what a caller sends is stored as it is, and other tests look for the value in everything that is.
        var expected = string.Concat(Value.Reverse());
        var job = await Client.Run(new { language, code, secrets = new[] { "TOKEN" }, files = new[] { new { path = "expected", content = expected } } }, Token);

        Assert.True(job.Stdout == $"True {Value.Length} ***\n", job.ToString());
        Assert.DoesNotContain("planted", job.Result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_FileAndCommand_ReadsItFromMemory()
    {
        var job = await Client.Run(
            new { command = new[] { "sh", "-c", "stat -c '%a' $KEYFILE_FILE; stat -f -c %T $KEYFILE_FILE; wc -c <$KEYFILE_FILE; cat $KEYFILE_FILE" }, secrets = new[] { "KEYFILE" } }, Token);

        Assert.True(job.Stdout == $"400\ntmpfs\n{FileValue.Length}\n***", job.ToString());
    }

    [Fact]
    public async Task Job_ThatDoesNotNameIt_HasItNot()
    {
        var job = await Client.Run(new { language = "bash", code = "echo \"${TOKEN-none} $(ls /dev/shm | wc -l)\"" }, Token);
        Assert.Equal("none 0\n", job.Stdout);
    }

    [Fact]
    public async Task Submit_WhatPolicyDoesNotName_IsDenied()
    {
        await Allow("KEYFILE");
        using var denied = await Client.Post(new { language = "bash", code = "echo", secrets = new[] { "TOKEN" } }, Token);
        var problem = await SandboxClient.Read<Problem>(denied, Token);
        Assert.Equal((403, "policy_denied", "secrets"), (problem.Status, problem.Code, problem.Rule));
        Assert.Equal(["secrets[0]"], problem.Errors!.Keys);
    }

    [Fact]
    public async Task Job_ArtifactWithAValue_IsNotKept()
    {
        var request = new
        {
            language = "bash",
            code = "echo fine >fine.txt; (head -c 100000 /dev/zero; printf %s \"$TOKEN\") >leak.bin; printf %s \"$TOKEN\" | base64 -w0 >leak.b64; echo x >\"name-$TOKEN.txt\"",
            secrets = new[] { "TOKEN" },
            artifacts = new[] { "*" },
        };
        var job = await Client.Run(request, Token);

        Assert.Equal(["leak.b64", "leak.bin"], job.SkippedArtifacts.Where(skipped => skipped.Reason == "secret_in_artifact").Select(skipped => skipped.Name).Order());
        Assert.Equal(["fine.txt", "name-***.txt"], job.Artifacts.Select(artifact => artifact.Name).Order(StringComparer.Ordinal));

        await Allow(["TOKEN"], allowSecrets: true);
        Assert.Contains((await Client.Run(request, Token)).Artifacts, artifact => artifact.Name == "leak.bin");
    }

    [Fact]
    public async Task Session_Snapshot_IsRefusedWhereAFileHoldsAValue()
    {
        var session = await SessionClient.Open(Client, Token, new { language = "bash", secrets = new[] { "TOKEN" } });
        Assert.Equal("succeeded", (await session.Run("printf %s \"$TOKEN\" >held", Token)).Status);
        Assert.Equal("secret_in_snapshot", await SessionClient.CodeOf(await session.Post("/snapshot", Token), HttpStatusCode.Forbidden, Token));

        Assert.Equal("succeeded", (await session.Run("rm held", Token)).Status);
        using var made = await session.Post("/snapshot", Token);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var ended = await session.End(Token);
    }

    [Fact]
    public async Task Session_StepsStreamsErrorsAndCommands_MaskIt()
    {
        var session = await SessionClient.Open(Client, Token, new { secrets = new[] { "TOKEN", "KEYFILE" } });
        var step = await session.Run("import os, sys, time\nfor part in os.environ['TOKEN'][:10], os.environ['TOKEN'][10:]: sys.stdout.write(part); sys.stdout.flush(); time.sleep(0.05)\nsys.stderr.write(open(os.environ['KEYFILE_FILE']).read())\n{'value': os.environ['TOKEN']}", Token);
        var failed = await session.Run("raise ValueError('it was ' + os.environ['TOKEN'])", Token);
        var command = await session.StartCommand(new { shell = "printf 'Ask: '; read -r x; echo \"$TOKEN\"; echo done", keepStdinOpen = true }, Token);
        // A prompt comes although a line has not ended.
        await session.UntilItSays(command.Number, "Ask: ", Token);
        await session.Input(command.Number, "go\n", Token);
        Assert.Equal("succeeded", (await session.EndOfCommand(command.Number, Token)).Status);

        Assert.Equal(("***", "***"), (step.Stdout, step.Stderr?.Trim()));
        Assert.Contains("***", step.Value, StringComparison.Ordinal);
        Assert.Equal("it was ***", failed.Error.GetProperty("value").GetString());
        Assert.Equal("Ask: ***\ndone\n", Encoding.UTF8.GetString(await session.OutputToEnd(command.Number, Token)));
        var events = await session.Events(step.Sequence, 0, Token).ToListAsync(Token);
        Assert.Equal("***", Encoding.UTF8.GetString(events.Output("stdout")));
        Assert.DoesNotContain(events, item => item.Data.Contains("planted", StringComparison.Ordinal));
        using var ended = await session.End(Token);
    }

    [Fact]
    public async Task Secret_ChangedAndRemoved_ReachesWhatStartsThen()
    {
        var session = await SessionClient.Open(Client, Token, new { language = "bash", secrets = new[] { "TOKEN", "KEYFILE" } });
        Assert.Equal($"{Value.Length}\n", (await session.Run("echo ${#TOKEN}", Token)).Stdout);
        await Put("TOKEN", new { value = "another planted" });
        Assert.Equal("15 ***\n", (await session.Run("echo ${#TOKEN} $TOKEN", Token)).Stdout);
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete("/v1/secrets/TOKEN", Token));
        Assert.Equal(HttpStatusCode.NoContent, await Client.Delete("/v1/secrets/KEYFILE", Token));
        Assert.Equal("none 0\n", (await session.Run("echo ${TOKEN-none} $(ls /dev/shm/secrets | wc -l)", Token)).Stdout);
        using var unknown = await Client.Post(new { language = "bash", code = "echo", secrets = new[] { "TOKEN" } }, Token);
        Assert.Equal((HttpStatusCode)422, unknown.StatusCode);
        using var ended = await session.End(Token);
    }

    [Fact]
    public async Task Server_Killed_GoesOnMasking()
    {
        var session = await SessionClient.Open(Client, Token, new { secrets = new[] { "TOKEN" } });
        var step = await session.Start(new { code = "import os, time\nfor i in range(200):\n    print(i, os.environ['TOKEN'], flush=True)\n    time.sleep(0.02)" }, Token);
        await session.UntilItPrints(step.Sequence, "5 ***", Token);

        await server.Server.Kill(Token);
        await server.Start(Token);
        session = session.On(server.Server);

        Assert.Equal(string.Concat(Enumerable.Range(0, 200).Select(i => $"{i} ***\n")), (await session.EndOf(step.Sequence, Token)).Stdout);
        Assert.Equal("***\n", (await session.Run("print(os.environ['TOKEN'])", Token)).Stdout);
        using var ended = await session.End(Token);
        await AssertNowhere();
    }

    [Fact]
    public async Task Brokered_Host_IsSentWhatTheSandboxDoesNotHave()
    {
        var host = $"{LocalSite.Host}:{_site.TlsPort}";
        var job = await Client.Run(
            new
            {
                language = "bash",
                code = $$"""
                    env | grep -c planted
                    curl -sS -D head http://{{host}}/authorization -H 'Authorization: Bearer mine'; echo
                    grep -ci '^x-echo: .*\*\*\*' head
                    curl -s -o /dev/null -w '%{http_code}\n' -X TRACE http://{{host}}/authorization
                    curl -sS -L 'http://{{host}}/elsewhere?to={{_site.Url}}/authorization'; echo
                    """,
                secrets = new[] { "API" },
            },
            Token);

        Assert.True(job.Stdout == "0\nBearer ***\n1\n405\n\n", job.ToString());
        Assert.Contains($"Bearer {HeaderValue}", _site.Authorizations);
        // Neither of a job that does not name it, nor without TLS.
        var other = await Client.Run(new { language = "bash", code = $"curl -sS {_site.Url}/authorization; echo" }, Token);
        Assert.Equal("\n", other.Stdout);
        await AssertNowhere();
    }

    [Fact]
    public async Task Names_ThatAProgramAsksFor_AreOnTheRecordWithoutValues()
    {
        await Put("NAME", new { value = "PlantedName7c9e" });
        await Allow("NAME");
        await Client.Run(new { language = "bash", code = "curl -s http://$NAME.example.com/; curl -s https://x.$NAME.example.com/; true", secrets = new[] { "NAME" } }, Token);

        var exported = await Client.Http.GetStringAsync("/v1/audit/export", Token);

        Assert.Contains("x.***.example.com", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("plantedname", exported, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Everything_Done_LeavesTheValuesNowhere()
    {
        var secrets = new[] { "TOKEN", "KEYFILE", "API" };
        var session = await SessionClient.Open(Client, Token, new { language = "bash", secrets });
        await session.Run("printf '%s\\n' \"$TOKEN\"; cat $KEYFILE_FILE >&2; echo \"$TOKEN\" | base64; for i in $(seq 1 20000); do echo \"$i $TOKEN\"; done", Token);
        await session.Run("\"$TOKEN\"; cat \"/no/$TOKEN\"; exit 3", Token);
        await Client.Run(new { language = "python", code = "import os, json\nprint(json.dumps(dict(os.environ)))\nprint(repr(os.environ['TOKEN']))\nos.environ['TOKEN'] * 3", secrets }, Token);
        await Client.Run(new { language = "python", code = "import os\nos.execv('/nowhere/' + os.environ['TOKEN'], ['x'])", secrets }, Token);
        using var ended = await session.End(Token);

        await AssertNowhere();
        await server.Server.Stop(Token);
        AssertInNoFile();
        await server.Start(Token);
    }

    private async Task AssertNowhere()
    {
        AssertInNoFile();
        var exported = await Client.Http.GetStringAsync("/v1/audit/export", Token);
        Assert.Contains("secret.used", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", exported, StringComparison.Ordinal);
    }

    // The databases with their logs, artifacts, and what the server has said.
    private void AssertInNoFile()
    {
        foreach (var file in Directory.EnumerateFiles(server.Data.Root, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Append(server.Data.LogFile))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            foreach (var part in new[] { "planted-7c9e", "planted-file", "second-planted", "planted-header", Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))[..24] })
                Assert.True(bytes.IndexOf(Encoding.UTF8.GetBytes(part)) < 0, $"{part} is in {file}.");
        }
    }

    private async Task Put(string name, object request)
    {
        using var answer = await Client.Http.PutAsJsonAsync($"/v1/secrets/{name}", request, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        Assert.DoesNotContain("planted", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private Task Allow(params string[] secrets) => Allow(secrets, allowSecrets: false);

    private async Task Allow(string[] secrets, bool allowSecrets)
    {
        using var answer = await Client.Http.PutAsJsonAsync(
            "/v1/policies/default", new { secrets, egress = new { allow = _site.Rules }, artifacts = new { allowSecrets } }, JsonSerializerOptions.Web, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }
}
