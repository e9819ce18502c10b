using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Programs of every engine find the way out on their loopback, once there is one; the test is the proxy.</summary>
public abstract class EgressConformanceTests(TestNode node) : IAsyncDisposable
{
    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static readonly string[] SayHello = ["/bin/bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{EgressProxy.Port} && echo hello >&3 && cat <&3"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Program_WithAWayOut_SpeaksToTheHost()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await sandbox.Agent.ListenEgress(EgressProxy.Port, Token);
        var accepting = sandbox.Agent.AcceptEgress(Token);
        var running = FinishedRun.Command(sandbox, SayHello);

        using var tunnel = await accepting;
        Assert.Equal("hello\n", await Line(tunnel));
        await tunnel.Output.WriteAsync("fine\n"u8.ToArray(), Token);
        await tunnel.Output.CompleteAsync();

        Assert.Equal("fine\n", (await running).Text);
    }

    [Fact]
    public async Task Program_WithoutAWayOut_IsRefused()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        Assert.NotEqual(0, (await FinishedRun.Command(sandbox, SayHello)).Result?.ExitCode);
    }

    [Fact]
    public async Task Port_TakenByAProgram_StaysItsOwnAndTheHostIsTold()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var squatter = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(
            ["/usr/bin/python3", "-c", $"import socket, time\ns = socket.create_server(('127.0.0.1', {EgressProxy.Port}))\nprint('taken', flush=True)\ntime.sleep(600)"]));
        await squatter.Said("taken");

        var refusal = await Assert.ThrowsAsync<AgentRequestException>(() => sandbox.Agent.ListenEgress(EgressProxy.Port, Token));

        Assert.Equal(AgentErrors.Busy, refusal.Code);
    }

    [Fact]
    public async Task Fetch_OfTheKernel_AsksTheProxyThatTheEnvironmentNames()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Kernels.Start(sandbox, "javascript", Token);
        await sandbox.Agent.ListenEgress(EgressProxy.Port, Token);
        var accepting = sandbox.Agent.AcceptEgress(Token);
        var running = FinishedStep.Run(sandbox, $"""
            process.env.http_proxy = 'http://127.0.0.1:{EgressProxy.Port}';
            console.log(await (await fetch('http://server.example:8080/path')).text());
            """);

        using var tunnel = await accepting;
        Assert.Equal("CONNECT server.example:8080 HTTP/1.1\r\n", await Line(tunnel));
        await Until(tunnel, "\r\n\r\n");
        await tunnel.Output.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), Token);
        Assert.Equal("GET /path HTTP/1.1\r\n", await Line(tunnel));
        await tunnel.Output.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"u8.ToArray(), Token);

        Assert.Equal("fine\n", (await running).Text);
    }

    internal static Task<string> Line(IAgentTunnel tunnel) => Until(tunnel, "\n");

    private static async Task<string> Until(IAgentTunnel tunnel, string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var read = await tunnel.Input.ReadAsync(Token);
            Assert.False(read.Buffer.IsEmpty, $"It ended after: {text}");
            text.Append((char)read.Buffer.FirstSpan[0]);
            tunnel.Input.AdvanceTo(read.Buffer.GetPosition(1));
        }

        return text.ToString();
    }
}

public sealed class CrunEgressTests(CrunNode node) : EgressConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncEgressTests(RuncNode node) : EgressConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorEgressTests(GvisorNode node) : EgressConformanceTests(node), IClassFixture<GvisorNode>
{
    private readonly GvisorNode _node = node;

    [Fact]
    public async Task Checkpoint_WithAWayOutInUse_LeavesOneToTheSandboxAndToItsCopy()
    {
        var token = TestContext.Current.CancellationToken;
        var limits = new SandboxLimits(1, 256 << 20, 64 << 20, 64);
        await using var sandbox = await _node.Runtime.Create(_node.Spec(limits), token);
        await sandbox.Agent.ListenEgress(EgressProxy.Port, token);
        var accepting = sandbox.Agent.AcceptEgress(token);
        await using var program = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(
            ["/bin/bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{EgressProxy.Port}; cat <&3; echo cut; sleep 600"]));
        using var tunnel = await accepting;

        await using var image = await _node.Runtime.Checkpoint(sandbox.Id, stop: false, token);
        await using var inPlace = await _node.Runtime.Find(sandbox.Id, token) ?? throw new InvalidOperationException("It is gone.");
        await using var copy = await _node.Runtime.Restore(_node.Spec(limits), image, token);

        foreach (var each in new[] { inPlace, copy })
        {
            await each.Agent.ListenEgress(EgressProxy.Port, token);
            var again = each.Agent.AcceptEgress(token);
            var running = FinishedRun.Command(each, ["/bin/bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{EgressProxy.Port} && echo again >&3"], killAll: false);
            using var next = await again;
            Assert.Equal("again\n", await Line(next));
            await running;
        }
    }
}
