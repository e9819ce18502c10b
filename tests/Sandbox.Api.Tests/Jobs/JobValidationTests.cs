using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Tests.Jobs;

public sealed class JobValidationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    /// <summary>Members merged into a valid request, and the paths that the answer must name, all and no other.</summary>
    public static TheoryData<string, string> WrongMembers => new()
    {
        { """{"language": null}""", "command language" },
        { """{"command": ["ls"]}""", "command language" },
        { """{"language": null, "code": null, "command": []}""", "command" },
        { """{"language": null, "code": null, "command": [""]}""", "command" },
        { """{"language": null, "command": ["ls"]}""", "code" },
        { """{"language": null, "code": null, "command": ["ls"], "args": ["-l"]}""", "args" },
        { """{"language": null, "code": null, "command": "ls"}""", "command" },
        { """{"language": null, "code": null, "command": ["ls", 1, null]}""", "command[1] command[2]" },
        { """{"language": null, "code": null, "command": ["a\u0000b"]}""", "command[0]" },
        { """{"language": "cobol"}""", "language" },
        { """{"language": "Python"}""", "language" },
        { """{"language": ""}""", "language" },
        { """{"language": 5}""", "language" },
        { """{"code": null}""", "code" },
        { """{"code": ["print(1)"]}""", "code" },
        { """{"stdin": 1}""", "stdin" },
        { """{"args": {}}""", "args" },
        { """{"args": ["a", false]}""", "args[1]" },
        { """{"args": ["a\u0000"]}""", "args[0]" },
        { """{"env": []}""", "env" },
        { """{"env": {"A": 1}}""", "env.A" },
        { """{"env": {"": "x"}}""", "env." },
        { """{"env": {"1A": "x", "A=B": "x", "A B": "x", "OK_1": "x"}}""", "env.1A env.A B env.A=B" },
        { """{"env": {"A": "x\u0000"}}""", "env.A" },
        { """{"files": {}}""", "files" },
        { """{"files": ["a", {"path": "b", "content": ""}]}""", "files[0]" },
        { """{"files": [{"content": "x"}]}""", "files[0].path" },
        { """{"files": [{"path": "a"}]}""", "files[0].content" },
        { """{"files": [{"path": "a", "content": "x", "contentBase64": "eA=="}]}""", "files[0].contentBase64" },
        { """{"files": [{"path": "a", "content": "x", "artifact": "art_00000000000000000000000000"}]}""", "files[0].artifact" },
        { """{"files": [{"path": "a", "artifact": "art_1"}]}""", "files[0].artifact" },
        { """{"files": [{"path": "a", "artifact": "../etc"}]}""", "files[0].artifact" },
        { """{"files": [{"path": "a", "artifact": 7}]}""", "files[0].artifact" },
        { """{"files": [{"path": "a", "contentBase64": "x"}]}""", "files[0].contentBase64" },
        { """{"files": [{"path": "a", "contentBase64": "x==="}]}""", "files[0].contentBase64" },
        { """{"files": [{"path": "a", "contentBase64": 7}]}""", "files[0].contentBase64" },
        { """{"files": [{"path": "a", "content": "x", "mode": 493}]}""", "files[0].mode" },
        { """{"files": [{"path": 1, "content": "x"}]}""", "files[0].path" },
        { """{"files": [{"path": "a", "content": ""}, {"path": "b", "content": ""}, {"path": "/etc/passwd", "content": ""}]}""", "files[2].path" },
        { """{"files": [{"path": "../x", "content": ""}, {"path": "a/../../x", "content": ""}, {"path": "a/..", "content": ""}]}""", "files[0].path files[1].path files[2].path" },
        { """{"files": [{"path": "", "content": ""}, {"path": ".", "content": ""}, {"path": "a//b", "content": ""}, {"path": "a/", "content": ""}, {"path": "./a", "content": ""}]}""", "files[0].path files[1].path files[2].path files[3].path files[4].path" },
        { """{"files": [{"path": "a\u0000b", "content": ""}]}""", "files[0].path" },
        { """{"files": [{"path": "a", "content": ""}, {"path": "a", "content": ""}]}""", "files[1].path" },
        { """{"files": [{"path": "a", "content": ""}, {"path": "a/b", "content": ""}]}""", "files[1].path" },
        { """{"files": [{"path": "a/b/c", "content": ""}, {"path": "a", "content": ""}]}""", "files[0].path" },
        { """{"limits": []}""", "limits" },
        { """{"limits": {"memory": 1}}""", "limits.memory" },
        { """{"limits": {"memoryBytes": 0}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": -1}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": 1}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": "256m"}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": 33554432.5}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": 99999999999999999999999999999999999999}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": 9223372036854775807}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": 1e400}}""", "limits.memoryBytes" },
        { """{"limits": {"diskBytes": 999999999}}""", "limits.diskBytes" },
        { """{"limits": {"memoryBytes": 33554432, "diskBytes": 33554433}}""", "limits.diskBytes" },
        { """{"limits": {"diskBytes": 1}}""", "limits.diskBytes" },
        { """{"limits": {"cpu": 0}}""", "limits.cpu" },
        { """{"limits": {"cpu": 1000}}""", "limits.cpu" },
        { """{"limits": {"cpu": "1"}}""", "limits.cpu" },
        { """{"limits": {"cpu": 1e999}}""", "limits.cpu" },
        { """{"limits": {"wallSeconds": 0}}""", "limits.wallSeconds" },
        { """{"limits": {"wallSeconds": -3}}""", "limits.wallSeconds" },
        { """{"limits": {"wallSeconds": 1e9}}""", "limits.wallSeconds" },
        { """{"limits": {"processes": 0}}""", "limits.processes" },
        { """{"limits": {"processes": 4294967297}}""", "limits.processes" },
        { """{"limits": {"outputBytes": -1}}""", "limits.outputBytes" },
        { """{"limits": {"outputBytes": true}}""", "limits.outputBytes" },
        { """{"artifacts": "*.csv"}""", "artifacts" },
        { """{"artifacts": ["/etc/*", "../*", "ok/*.csv", "", "a\u0000"]}""", "artifacts[0] artifacts[1] artifacts[3] artifacts[4]" },
        { """{"metadata": {"": "x"}}""", "metadata." },
        { """{"metadata": {"a": 1}}""", "metadata.a" },
        { """{"metadata": ["a"]}""", "metadata" },
        { """{"isolation": "none"}""", "isolation" },
        { """{"isolation": 1}""", "isolation" },
        { """{"retry": {"maxAttempts": 0}}""", "retry.maxAttempts" },
        { """{"retry": {"maxAttempts": 11}}""", "retry.maxAttempts" },
        { """{"retry": {"attempts": 1}}""", "retry.attempts" },
        { """{"retry": 3}""", "retry" },
        { """{"packages": ["numpy"]}""", "packages" },
        { """{"packages": {"ruby": []}}""", "packages.ruby" },
        { """{"packages": {"python": "numpy"}}""", "packages.python" },
        { """{"secrets": [1]}""", "secrets[0]" },
        { """{"policy": 1}""", "policy" },
        { """{"policy": "Strict"}""", "policy" },
        { """{"template": {}}""", "template" },
        { """{"Language": "python"}""", "Language" },
        { """{"timeout": 5, "image": "x"}""", "image timeout" },
    };

    [Theory]
    [MemberData(nameof(WrongMembers))]
    public async Task Create_WrongMembers_NamesExactlyThem(string members, string paths)
    {
        var response = await Client.PostJson("/v1/jobs", Merge(members));

        Assert.Equal(paths.Replace("env.A B", "env.A\tB", StringComparison.Ordinal).Split(' ').Select(static path => path.Replace('\t', ' ')).Order(StringComparer.Ordinal), await response.AssertInvalid());
    }

    [Fact]
    public async Task Create_ManyThingsWrong_NamesAllAtOnce()
    {
        var response = await Client.PostJson("/v1/jobs?wait=61&colour=red", """
            {"language": "cobol", "code": 5, "env": {"1": "x"}, "limits": {"cpu": -1, "memoryBytes": "lots"}, "files": [{"path": "/a", "contentBase64": "!"}],
             "metadata": {"": ""}, "artifacts": ["/x"], "isolation": "vm", "surprise": true}
            """, ("Idempotency-Key", "two words"));

        Assert.Equal(
            ["Idempotency-Key", "artifacts[0]", "code", "colour", "env.1", "files[0].contentBase64", "files[0].path", "isolation", "language", "limits.cpu",
                "limits.memoryBytes", "metadata.", "surprise", "wait"],
            await response.AssertInvalid());
    }

    public static TheoryData<string> GoodMembers =>
    [
        """{"code": ""}""",
        """{"limits": null, "env": null, "stdin": null, "packages": {"python": [], "node": null}, "secrets": [], "policy": "default"}""",
        """{"limits": {"memoryBytes": 33554432.0, "cpu": 0.5, "wallSeconds": 0.5, "outputBytes": 0}}""",
        """{"limits": {"memoryBytes": 3.3554432e7}}""",
        """{"files": [{"path": "a/b/c.txt", "content": "x"}, {"path": "a/b/d", "contentBase64": ""}, {"path": "ünïcode \n…", "content": "x"}, {"path": "..a/b..", "content": ""}]}""",
        """{"env": {"_": "", "PATH": "/x", "lower": "ü\n"}}""",
        """{"metadata": {"any key / at all": "ü"}, "artifacts": ["**/*.png", "out.[ab]"], "retry": {"maxAttempts": 10}}""",
        """{"isolation": "standard", "template": "default", "args": ["", "-x", "ü"]}""",
    ];

    [Theory]
    [MemberData(nameof(GoodMembers))]
    public async Task Create_UnusualButValid_IsAccepted(string members)
    {
        var response = await Client.PostJson("/v1/jobs", Merge(members));

        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Text());
    }

    [Fact]
    public async Task Create_WhatPolicyDecidesAbout_ReachesTheGrain()
    {
        var body = Merge("""{"policy": "strict", "packages": {"python": ["numpy"]}, "secrets": ["TOKEN"], "limits": {"memoryBytes": 67108864}}""");

        var spec = fixture.Jobs.Find((await (await Client.PostJson("/v1/jobs", body)).Json()).GetProperty("id").GetString()!)!.Submitted!.Value.Spec;

        Assert.Equal(("strict", "numpy", "TOKEN"), (spec.Policy, Assert.Single(spec.Packages!.Python), Assert.Single(spec.Secrets!)));
        Assert.Equal(LimitMembers.Cpu | LimitMembers.DiskBytes | LimitMembers.Processes | LimitMembers.WallSeconds | LimitMembers.OutputBytes, spec.LeftOut);
    }

    [Theory]
    [InlineData("""{"isolation": "strong"}""", "isolation_unavailable", "isolation")]
    public async Task Create_WhatIsNotHere_IsUnprocessable(string members, string code, string field)
    {
        var problem = await (await Client.PostJson("/v1/jobs", Merge(members))).AssertProblem(HttpStatusCode.UnprocessableEntity, code);

        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(static error => error.Name));
    }

    [Fact]
    public async Task Create_DefaultDiskAboveMemory_TakesMemory()
    {
        var response = await Client.PostJson("/v1/jobs", Merge("""{"limits": {"memoryBytes": 33554432}}"""));

        var limits = (await response.Json()).GetProperty("limits");
        Assert.Equal(33554432, limits.GetProperty("diskBytes").GetInt64());
        Assert.Equal(30, limits.GetProperty("wallSeconds").GetDouble());
    }

    [Fact]
    public async Task Create_Files_ReachTheGrainAsBytes()
    {
        var response = await Client.PostJson("/v1/jobs", Merge("""{"files": [{"path": "a", "content": "ü"}, {"path": "b", "contentBase64": "AP8="}]}"""));

        var files = fixture.Jobs.Find((await response.Json()).GetProperty("id").GetString()!)!.Submitted!.Value.Spec.Files;
        Assert.Equal([0xc3, 0xbc], files[0].Content);
        Assert.Equal([0x00, 0xff], files[1].Content);
    }

    public static TheoryData<string, int, bool> Counts => new()
    {
        { "files", 1000, true },
        { "files", 1001, false },
        { "env", 256, true },
        { "env", 257, false },
        { "metadata", 64, true },
        { "metadata", 65, false },
        { "artifacts", 100, true },
        { "artifacts", 101, false },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task Create_ManyItems_AreBounded(string member, int count, bool accepted)
    {
        JsonNode items = member switch
        {
            "files" => new JsonArray([.. Enumerable.Range(0, count).Select(i => new JsonObject { ["path"] = $"f{i}", ["content"] = "" })]),
            "artifacts" => new JsonArray([.. Enumerable.Range(0, count).Select(i => JsonValue.Create($"f{i}"))]),
            _ => new JsonObject(Enumerable.Range(0, count).Select(i => KeyValuePair.Create<string, JsonNode?>($"k{i}", "v"))),
        };

        var response = await Client.PostJson("/v1/jobs", Merge(new JsonObject { [member] = items }.ToJsonString()));

        if (accepted)
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        else
            Assert.Equal([member], await response.AssertInvalid());
    }

    public static TheoryData<string, int, bool> Lengths => new()
    {
        { """{"files": [{"path": "%", "content": ""}]}""", 255, true },
        { """{"files": [{"path": "%", "content": ""}]}""", 256, false },
        { """{"artifacts": ["%"]}""", 255, true },
        { """{"artifacts": ["*/%"]}""", 513, false },
        { """{"metadata": {"%": ""}}""", 128, true },
        { """{"metadata": {"%": ""}}""", 129, false },
        { """{"metadata": {"k": "%"}}""", 1024, true },
        { """{"metadata": {"k": "%"}}""", 1025, false },
        { """{"env": {"%": ""}}""", 128, true },
        { """{"env": {"%": ""}}""", 129, false },
        { """{"env": {"K": "%"}}""", 131069, true },
        { """{"env": {"K": "%"}}""", 131070, false },
        { """{"args": ["%"]}""", 131071, true },
        { """{"args": ["%"]}""", 131072, false },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Create_LongText_IsBounded(string members, int length, bool accepted)
    {
        var response = await Client.PostJson("/v1/jobs", Merge(members.Replace("%", new string('x', length), StringComparison.Ordinal)));

        if (accepted)
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        else
            Assert.Single(await response.AssertInvalid());
    }

    [Fact]
    public async Task Create_ManyBadFiles_AnswersWithABoundedNumberOfErrors()
    {
        var files = new JsonArray([.. Enumerable.Range(0, 1000).Select(_ => new JsonObject { ["path"] = "/", ["content"] = "" })]);

        var names = await (await Client.PostJson("/v1/jobs", Merge(new JsonObject { ["files"] = files }.ToJsonString()))).AssertInvalid();

        Assert.Equal(100, names.Length);
    }

    private static string Merge(string members)
    {
        var request = new JsonObject { ["language"] = "python", ["code"] = "print(1)" };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
            request[name] = value?.DeepClone();
        return request.ToJsonString();
    }
}
