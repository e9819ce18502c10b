using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Workflows;

/// <summary>What steps share, from inside and from outside, without any network being permitted.</summary>
public sealed class WorkflowMemoryTests(SharedServer server)
{
    private const string Python = """
        import sandbox_memory as memory
        assert memory.get('plan')['parts'] == 3 and memory.get('none', 7) == 7
        assert memory.update('n', lambda n: n + 1, default=0) == 1
        version = memory.set('text', 'a "quoted" ü\nline')
        try:
            memory.set('text', 'other', version=version + 1)
            raise SystemExit('no conflict')
        except memory.Changed as fault:
            assert (fault.status, fault.code) == (412, 'memory_changed')
        memory.set('gone', None)
        assert memory.delete('gone') and not memory.delete('gone')
        print(','.join(memory.keys()))
        """;

    private const string JavaScript = """
        (async () => {
          const memory = require('sandbox_memory');
          console.log(await memory.get('text'), await memory.update('n', (n) => n + 10, 0), (await memory.keys()).join());
          const { version } = await memory.read('n');
          await memory.set('n', 12, version);
          await memory.set('n', 11, version).then(() => process.exit(9), (fault) => console.log(fault.name, fault.status));
        })();
        """;

    private const string Bash = """
        set -eu
        add() { read -r n; echo $((n + 100)); }
        memory update n add
        memory set list '[1, 2]'
        echo '{"from": "stdin"}' | memory set piped
        memory set text2 "$(memory text $'tab\t"quote" \\ line\nend')"
        memory get none && exit 9
        memory get list
        memory keys
        memory delete list
        """;

    private readonly WorkflowClient _workflows = new(server.Client);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Memory_FromInside_IsSharedByStepsOfEveryLanguage(string isolation)
    {
        var workflow = await _workflows.Run(
            new
            {
                memory = new { plan = new { parts = 3 } },
                steps = new object[]
                {
                    new { id = "py", job = new { language = "python", code = Python, isolation } },
                    new { id = "js", dependsOn = new[] { "py" }, job = new { language = "javascript", code = JavaScript, isolation } },
                    new { id = "sh", dependsOn = new[] { "js" }, job = new { language = "bash", code = Bash, isolation } },
                    // A program that is no kernel's finds the module as well; and in a text a value is what it was last.
                    new { id = "child", dependsOn = new[] { "sh" }, job = new { command = new[] { "python3", "-c", "import sandbox_memory as m; m.update('n', lambda n: n + 1000); print(m.get('text2'), end='|${memory.n}|${memory.plan}')" }, isolation } },
                },
            },
            Token);

        Assert.True(workflow.Status == "succeeded", await Faults(workflow));
        Assert.Equal("n,plan,text\n", await _workflows.Stdout(workflow, "py", Token));
        Assert.Equal("a \"quoted\" ü\nline 11 n,plan,text\nChanged 412\n", await _workflows.Stdout(workflow, "js", Token));
        Assert.Equal("[1, 2]\nlist\nn\npiped\nplan\ntext\ntext2\n", await _workflows.Stdout(workflow, "sh", Token));
        Assert.Equal("tab\t\"quote\" \\ line\nend|112|{\"parts\":3}", await _workflows.Stdout(workflow, "child", Token));
        Assert.Equal("1112", await server.Client.Http.GetStringAsync($"/v1/workflows/{workflow.Id}/memory/n", Token));
        // Who changed what is on the record, with where from.
        var record = await server.Client.Http.GetFromJsonAsync<JsonElement>($"/v1/audit/events?resource={workflow.Id}&action=workflow.memory_delete", Token);
        Assert.Equal(
            new[] { $"gone from {JobOf("py")}", $"list from {JobOf("sh")}" },
            record.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event").GetProperty("details")).Select(details => $"{details.GetProperty("key")} from {details.GetProperty("from")}").Order());

        string JobOf(string step) => workflow.Steps.Single(one => one.Id == step).JobId!;
    }

    [Fact]
    public async Task Memory_OfFiftyWritersAtOnce_LosesNoUpdate()
    {
        const int steps = 10, writers = 5, updates = 4;
        var code = $$"""
            import threading, sandbox_memory as memory
            def write():
                for _ in range({{updates}}):
                    memory.update('n', lambda n: n + 1, default=0)
            threads = [threading.Thread(target=write) for _ in range({{writers}})]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """;
        var workflow = await _workflows.Run(
            new { steps = Enumerable.Range(0, steps).Select(index => new { id = $"s{index}", job = new { language = "python", code, limits = new { memoryBytes = 64 << 20 } } }) }, Token);
        Assert.True(workflow.Status == "succeeded", await Faults(workflow));
        Assert.Equal($"{steps * writers * updates}", await server.Client.Http.GetStringAsync($"/v1/workflows/{workflow.Id}/memory/n", Token));
    }

    [Fact]
    public async Task Memory_FromInside_IsBoundedAndLeadsNowhereElse()
    {
        const string code = """
            import http.client, json, os, socket, urllib.parse
            url = urllib.parse.urlsplit(os.environ['SANDBOX_MEMORY_URL'])
            def ask(method, target, body=None, headers={}):
                connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
                connection.request(method, target, body, headers)
                answer = connection.getresponse()
                text = answer.read().decode()
                return answer.status, json.loads(text)['code'] if text.startswith('{"type"') else text[:20]
            root = url.path
            print(ask('PUT', root + '/big', b'"' + b'x' * 300000 + b'"'))
            print(ask('PUT', root + '/bad', b'{"a":'))
            print(ask('PUT', root + '/bad', b'"\xff"'))
            print(ask('PUT', root + '/bad', b'[' * 60 + b']' * 60))
            print(ask('PUT', root + '/half', b'"\ud800"')[0], ask('GET', root + '/half'))
            print(ask('PUT', root + '/a%2f..%2fb', b'1'))
            print(ask('PUT', root + '/..', b'1'))
            print(ask('PUT', root + '/k', b'1', {'If-Match': 'nonsense'}))
            print(ask('PUT', root + '/k', b'1', {'If-None-Match': '"1"'}))
            print(ask('DELETE', root + '/none'))
            print(ask('POST', root + '/k', b'1'))
            print(ask('GET', '/v1/jobs'))
            print(ask('GET', '/../v1/workflows'))
            print(ask('GET', f'http://{url.netloc}{root}/k')[0])
            print(ask('GET', 'http://packages.sandbox/simple/')[0])
            print(ask('GET', 'http://example.com/')[0])
            full = [ask('PUT', f'{root}/f{i}', b'"' + b'x' * 250000 + b'"')[1] for i in range(70)]
            print(sorted(set(word for word in full if word.isidentifier())))
            """;
        var workflow = await _workflows.Run(new { steps = new[] { new { id = "a", job = new { language = "python", code } } } }, Token);
        Assert.True(workflow.Status == "succeeded", await Faults(workflow));
        Assert.Equal(
            """
            (413, 'memory_value_too_large')
            (400, 'invalid_request')
            (400, 'invalid_request')
            (400, 'invalid_request')
            201 (200, '"\\ufffd"')
            (400, 'invalid_request')
            (404, 'not_found')
            (400, 'invalid_request')
            (400, 'invalid_request')
            (404, 'not_found')
            (405, 'method_not_allowed')
            (404, 'not_found')
            (404, 'not_found')
            403
            404
            403
            ['workflow_memory_full']

            """,
            await _workflows.Stdout(workflow, "a", Token));
        var plain = await server.Client.Run(new { language = "bash", code = "echo ${SANDBOX_MEMORY_URL-none} ${BASH_ENV-none}; type memory 2>&1 || true; exec 3<>/dev/tcp/127.0.0.1/3128" }, Token);
        Assert.StartsWith("none none\n", plain.Stdout, StringComparison.Ordinal);
        Assert.Equal("failed", plain.Status);
    }

    [Fact]
    public async Task Memory_FromOutside_IsComparedAndSet_ByItsTenantAlone()
    {
        var workflow = await _workflows.Submit(
            new { memory = new { go = false }, steps = new[] { new { id = "wait", job = new { language = "python", code = "import sandbox_memory as m, time\nwhile not m.get('go'): time.sleep(0.1)\nprint(m.get('x'))" } } } }, Token);
        var path = $"/v1/workflows/{workflow.Id}/memory";
        var made = await Put($"{path}/x", "[1]", ("If-None-Match", "*"));
        Assert.Equal((HttpStatusCode.Created, "\"2\""), (made.StatusCode, made.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put($"{path}/x", "[2]", ("If-None-Match", "*"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Put($"{path}/x", "[2]", ("If-Match", "\"2\""))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put($"{path}/x", "[3]", ("If-Match", "\"2\""))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Put($"{path}/x", $"\"{new string('x', 300_000)}\"")).StatusCode);
        var list = await server.Client.Http.GetFromJsonAsync<JsonElement>(path, Token);
        Assert.Equal(["go", "x"], list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()));

        var tenant = $"t{Guid.NewGuid():N}"[..20];
        using (var other = await server.Client.Http.PostAsJsonAsync("/v1/tenants", new { id = tenant, name = tenant }, Token))
            Assert.True(other.IsSuccessStatusCode, await other.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.NotFound, (await Put($"{path}/x", "1", ("X-Tenant-Id", tenant))).StatusCode);

        await Put($"{path}/go", "true");
        workflow = await _workflows.End(workflow.Id, Token);
        Assert.Equal("[2]\n", await _workflows.Stdout(workflow, "wait", Token));
        var late = await Put($"{path}/x", "1");
        Assert.Equal((HttpStatusCode.Conflict, "workflow_ended"), (late.StatusCode, (await SandboxClient.Read<Problem>(late, Token)).Code));
        using var deleted = await server.Client.Http.DeleteAsync($"/v1/workflows/{workflow.Id}", Token);
        using var gone = await server.Client.Http.GetAsync($"{path}/x", Token);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Steps_InASessionOfTheWorkflow_KeepItsStateAndEndWithIt()
    {
        object Step(string id, string code, string[] dependsOn, string? language = null) => new { id, dependsOn, session = "work", step = new { code, language, stdin = "" } };
        var workflow = await _workflows.Run(
            new
            {
                sessions = new[] { new { name = "work", session = new { language = "python", metadata = new { mine = "yes" } } } },
                steps = new[]
                {
                    Step("first", "import sandbox_memory as memory\nx = 41\nmemory.update('n', lambda n: n + 1, default=0)", []),
                    Step("second", "print(x + memory.get('n'))\n{'x': x}", ["first"]),
                    Step("sh", "memory update n cat; memory get n", ["second"], "bash"),
                    Step("js", "await require('sandbox_memory').get('n')", ["second"], "javascript"),
                    new { id = "job", dependsOn = new[] { "second", "sh", "js" }, job = new { command = new[] { "echo", "${steps.second.stdout}|${steps.sh.stdout}|${steps.js.result}" } } },
                },
            },
            Token);
        Assert.True(workflow.Status == "succeeded", await Faults(workflow));
        Assert.Equal("42\n|1\n|1\n", await _workflows.Stdout(workflow, "job", Token));
        var sessions = await server.Client.Http.GetFromJsonAsync<JsonElement>($"/v1/sessions?metadata.workflow={workflow.Id}&metadata.mine=yes", Token);
        var session = Assert.Single(sessions.GetProperty("items").EnumerateArray());
        Assert.Equal(("terminated", workflow.Sessions["work"]), (session.GetProperty("status").GetString(), session.GetProperty("id").GetString()));

        var stopped = await _workflows.Run(
            new
            {
                sessions = new[] { new { name = "work", session = new { } } },
                steps = new object[] { Step("hangs", "import time; time.sleep(300)", []), new { id = "fails", job = new { command = new[] { "sh", "-c", "sleep 1; false" } } } },
            },
            Token);
        Assert.Equal(("failed", "hangs:cancelled fails:failed"), (stopped.Status, stopped.Shown));
    }

    private async Task<HttpResponseMessage> Put(string path, string json, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.Http.SendAsync(request, Token);
    }

    private async Task<string> Faults(Workflow workflow)
    {
        var text = new StringBuilder(workflow.Shown);
        foreach (var step in workflow.Steps.Where(step => step.JobId is not null))
            text.Append('\n').Append(step.Id).Append(": ").Append(step.Cause).Append(' ').Append(step.Detail).Append(' ').Append((await server.Client.Get(step.JobId!, Token)).Stderr);
        foreach (var step in workflow.Steps.Where(step => step.SessionStep is not null))
            text.Append('\n').Append(step.Id).Append(": ").Append(await server.Client.Http.GetStringAsync($"/v1/sessions/{step.SessionId}/steps/{step.SessionStep}", Token));
        return text.ToString();
    }
}
