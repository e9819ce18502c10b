using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Tests.Conformance;

namespace Sandbox.Runtime.Tests.Security;

/// <summary>Every hostile program under one engine: it is held, and the node is as healthy as before.</summary>
public abstract class HostileProgramTests(TestNode node) : IAsyncDisposable
{
    private const long MostArtifactBytes = 1 << 20;

    private static readonly Dictionary<string, HostileProgram> Programs =
        new[] { ProcessPrograms.All, ResourcePrograms.All, KernelPrograms.All, NetworkPrograms.All, FilePrograms.All }
            .SelectMany(group => group).ToDictionary(program => program.Name);

    public static TheoryData<string> Names => [.. Programs.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected async Task Hold(string name)
    {
        var program = Programs[name];
        using var host = new HostListeners();
        var sandbox = await node.Runtime.Create(node.Spec(program.Limits), Token);
        await using (sandbox)
        {
            var run = await FinishedRun.Code(node, sandbox, program.Language, program.Text, [$"{node.Isolation}", .. host.Arguments], program.Bounds, new byte[program.InputBytes]);
            AssertHeld(program, run, sandbox.Id);
            if (run.Result is not null)
                await AssertUsable(program, sandbox);
        }

        Assert.False(host.WereReached, "A listener of the host was reached.");
        await node.Runtime.Destroy(sandbox.Id, Token);
        await AssertHealthy();
    }

    public async ValueTask DisposeAsync()
    {
        // A case that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    private void AssertHeld(HostileProgram program, FinishedRun run, SandboxId id)
    {
        var usage = node.Runtime.ReadUsage(id);
        var told = $"{run}\n{usage}\nagent: {File.ReadAllText(Path.Combine(node.Layout.BoxOf(id), "engine.log"))}";
        Assert.DoesNotContain("BREACH", run.Text, StringComparison.Ordinal);
        Assert.True(program.Ending.Fits(run.Result, usage) || OtherEnding(program)?.Fits(run.Result, usage) == true, told);
        if (run.Result is not { } result)
            return;
        Assert.True(result.StdoutBytes + result.StderrBytes <= program.Bounds.OutputBytes || result.EndedBy == ExecEnd.OutputLimit, told);
        Assert.All(program.Says, words => Assert.True(run.Text.Contains(words, StringComparison.Ordinal), $"{words} was not said: {told}"));
    }

    private Ending? OtherEnding(HostileProgram program) =>
        node.Isolation == IsolationClass.Strong ? program.AlsoOnGvisor?.Ending : null;

    // What may end the whole sandbox may do so while its processes are being killed, a moment after the code itself has ended.
    private async Task AssertUsable(HostileProgram program, SandboxHandle sandbox)
    {
        try
        {
            await AssertArtifacts(program, sandbox);
            await AssertAgentAnswers(sandbox);
        }
        catch (AgentConnectionException e) when (OtherEnding(program) is { } other)
        {
            var usage = node.Runtime.ReadUsage(sandbox.Id);
            Assert.True(other.Fits(null, usage), $"{usage}\n{e}");
        }
    }

    private static async Task AssertArtifacts(HostileProgram program, SandboxHandle sandbox)
    {
        if (program.Artifacts is not null)
        {
            var found = await sandbox.Agent.FindFiles(new FindFilesRequest("/workspace", ["**"], 1000), Token);
            Assert.Equal(program.Artifacts, found.Files.Select(file => file.Path));
        }

        foreach (var (path, code) in program.Refused)
        {
            var refusal = await Assert.ThrowsAsync<AgentRequestException>(
                () => sandbox.Agent.ReadFile(new ReadFileRequest("/workspace", path, MostArtifactBytes), Token));
            Assert.True(code == refusal.Code, $"{path}: {refusal.Code} {refusal.Message}");
        }
    }

    /// <summary>Whatever the code did, its own sandbox can still be used by its owner.</summary>
    private static async Task AssertAgentAnswers(SandboxHandle sandbox)
    {
        var run = await FinishedRun.Command(sandbox, ["/bin/echo", "still here"]);
        if (run.Result is null)
            throw new AgentConnectionException("The sandbox went away under a command.");
        Assert.True(run.Text == "still here\n", run.ToString());
    }

    private async Task AssertHealthy()
    {
        Assert.Empty(node.Traces.Find());
        await using var fresh = await node.Runtime.Create(node.Spec(new SandboxLimits(1, 128 << 20, 16 << 20, 32)), Token);
        var run = await FinishedRun.Command(fresh, ["/bin/sh", "-c", "echo fresh > /workspace/f && cat /workspace/f"]);
        Assert.True(run.Text == "fresh\n", run.ToString());
        await node.Runtime.Destroy(fresh.Id, Token);
        Assert.Empty(node.Traces.Find());
    }
}

public sealed class DefaultHostileProgramTests(DefaultNode node) : HostileProgramTests(node), IClassFixture<DefaultNode>
{
    [Theory]
    [MemberData(nameof(Names))]
    public Task Program_TriesToBreakOut_IsHeldAndTheNodeStaysHealthy(string name) => Hold(name);
}

public sealed class RuncHostileProgramTests(RuncNode node) : HostileProgramTests(node), IClassFixture<RuncNode>
{
    [Theory]
    [MemberData(nameof(Names))]
    public Task Program_TriesToBreakOut_IsHeldAndTheNodeStaysHealthy(string name) => Hold(name);
}

public sealed class GvisorHostileProgramTests(GvisorNode node) : HostileProgramTests(node), IClassFixture<GvisorNode>
{
    [Theory]
    [MemberData(nameof(Names))]
    public Task Program_TriesToBreakOut_IsHeldAndTheNodeStaysHealthy(string name) => Hold(name);
}
