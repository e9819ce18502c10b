using System.Net.Sockets;
using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What listens on the loopback of a sandbox is reached under every engine, through its agent alone.</summary>
public abstract class PortConformanceTests(TestNode node) : IAsyncDisposable
{
    private const int Port = 8000;

    internal static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    // Answers each connection with what it has read, until the other side ends.
    private static readonly string[] Echo =
    [
        "/usr/bin/python3", "-c", $"""
        import socketserver
        class Echo(socketserver.BaseRequestHandler):
            def handle(self):
                while data := self.request.recv(65536):
                    self.request.sendall(data)
        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            request_queue_size = 128
        server = Server(('127.0.0.1', {Port}), Echo)
        print('listening', flush=True)
        server.serve_forever()
        """,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Connect_ManyAtOnce_EachHasItsOwnBytes()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var program = await Serve(sandbox);

        await Task.WhenAll(Enumerable.Range(0, 32).Select(async number =>
        {
            await using var tunnel = await sandbox.Ports.Connect(Port, Token);
            Assert.Equal($"number {number}", await Say(tunnel, $"number {number}"));
            var large = new byte[200_000];
            Array.Fill(large, (byte)number);
            var sending = tunnel.WriteAsync(large, Token).AsTask();
            var back = new byte[large.Length];
            await tunnel.ReadExactlyAsync(back, Token);
            await sending;
            Assert.Equal(large, back);
        }));
    }

    [Fact]
    public async Task Connect_NothingListens_IsToldAtOnce()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        var refusal = await Assert.ThrowsAsync<AgentRequestException>(() => sandbox.Ports.Connect(Port, Token));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }

    [Fact]
    public async Task Connect_APortOfTheHost_IsNotReached()
    {
        using var host = new TcpListener(System.Net.IPAddress.Loopback, 0);
        host.Start();
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        await Assert.ThrowsAsync<AgentRequestException>(() => sandbox.Ports.Connect(((System.Net.IPEndPoint)host.LocalEndpoint).Port, Token));

        Assert.False(host.Pending());
    }

    [Fact]
    public async Task Tunnel_TheSandboxIsDestroyed_Ends()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var program = await Serve(sandbox);
        await using var tunnel = await sandbox.Ports.Connect(Port, Token);
        await Say(tunnel, "before");

        await node.Runtime.Destroy(sandbox.Id, Token);

        Assert.True(await HasEnded(tunnel));
    }

    [Fact]
    public async Task Connect_AnotherProcessOfTheServer_ReachesItAsWell()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var program = await Serve(sandbox);

        await using var found = await node.Runtime.Find(sandbox.Id, Token) ?? throw new InvalidOperationException("It is gone.");
        await using var tunnel = await found.Ports.Connect(Port, Token);

        Assert.Equal("again", await Say(tunnel, "again"));
    }

    internal static async Task<LiveProgram> Serve(SandboxHandle sandbox)
    {
        var program = await LiveProgram.Run(sandbox.Agent, LiveProgram.Start(Echo));
        await program.Said("listening");
        return program;
    }

    internal static Task<Stream> Open(SandboxHandle sandbox) => sandbox.Ports.Connect(Port, Token);

    internal static async Task<string> Say(Stream tunnel, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await tunnel.WriteAsync(bytes, Token);
        await tunnel.ReadExactlyAsync(bytes, Token);
        return Encoding.UTF8.GetString(bytes);
    }

    internal static async Task<bool> HasEnded(Stream tunnel)
    {
        try
        {
            return await tunnel.ReadAsync(new byte[1], Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

public sealed class CrunPortTests(CrunNode node) : PortConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncPortTests(RuncNode node) : PortConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorPortTests(GvisorNode node) : PortConformanceTests(node), IClassFixture<GvisorNode>
{
    private readonly GvisorNode _node = node;

    [Fact]
    public async Task Checkpoint_WithAnOpenTunnel_CutsItAndLeavesThePortToItsCopy()
    {
        var token = TestContext.Current.CancellationToken;
        await using var sandbox = await _node.Runtime.Create(_node.Spec(Limits), token);
        await using var program = await Serve(sandbox);
        await using var tunnel = await Open(sandbox);
        await Say(tunnel, "before");

        await using var image = await _node.Runtime.Checkpoint(sandbox.Id, stop: false, token);
        Assert.True(await HasEnded(tunnel));

        await using var copy = await _node.Runtime.Restore(_node.Spec(Limits), image, token);
        await using var again = await Open(copy);
        Assert.Equal("after", await Say(again, "after"));
    }
}
