using System.Text.Json;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies.Opa;
using Sandbox.Grains.Tests.Jobs;

namespace Sandbox.Grains.Tests.Policies.Opa;

public sealed class OpaInputTests
{
    [Fact]
    public void Of_Job_HasTheMembersOfTheRequestAndWhoAsks()
    {
        var job = JobStates.Spec() with
        {
            Code = "print(1)",
            Files = [new JobFile("a.txt", "abc"u8.ToArray())],
            Packages = new RequestedPackages(["numpy"], []),
            Secrets = ["TOKEN"],
            Metadata = new Dictionary<string, string> { ["team"] = "red" },
            MaxAttempts = 3,
        };

        var input = Input(OpaInput.Of(new Caller("acme", "alice", Roles.Member), "strict", job));

        Assert.Equal(("job", "acme", "alice", "member", "strict"), (Text("kind"), Text("tenantId"), Text("agentId"), Text("role"), Text("policy")));
        Assert.Equal(("print(1)", "default", "standard"), (Text("code"), Text("template"), Text("isolation")));
        Assert.Equal(job.Limits.MemoryBytes, input.GetProperty("limits").GetProperty("memoryBytes").GetInt64());
        Assert.Equal("numpy", input.GetProperty("packages").GetProperty("python")[0].GetString());
        Assert.Equal("TOKEN", input.GetProperty("secrets")[0].GetString());
        Assert.Equal("red", input.GetProperty("metadata").GetProperty("team").GetString());
        Assert.Equal(3, input.GetProperty("retry").GetProperty("maxAttempts").GetInt32());
        var file = input.GetProperty("files")[0];
        Assert.Equal(("a.txt", 3L), (file.GetProperty("path").GetString(), file.GetProperty("sizeBytes").GetInt64()));
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", file.GetProperty("sha256").GetString());
        Assert.False(input.TryGetProperty("command", out _));

        string? Text(string name) => input.GetProperty(name).GetString();
    }

    [Fact]
    public void Of_Session_HasItsTimes()
    {
        var input = Input(OpaInput.Of(new Caller("acme", "alice", Roles.Member), "default", new SessionSpec(
            "python", null, IsolationClasses.Standard, JobStates.Spec().Limits, 60, null, IdleActions.End, new Dictionary<string, string>(), new Dictionary<string, string>())));
        Assert.Equal(("session", 60.0), (input.GetProperty("kind").GetString(), input.GetProperty("ttlSeconds").GetDouble()));
        Assert.False(input.TryGetProperty("code", out _));
    }

    private static JsonElement Input(byte[] body) => JsonDocument.Parse(body).RootElement.GetProperty("input");
}
