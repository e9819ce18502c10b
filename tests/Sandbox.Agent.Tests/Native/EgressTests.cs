using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>Programs find the way out on their loopback, and the host gets what they send.</summary>
public sealed class EgressTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accept_AProgramConnects_CarriesItsBytesBothWays()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        int port = FreePort();
        await client.ListenEgress(port, Cancellation);
        byte[] sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);

        Task<IAgentTunnel> accepting = client.AcceptEgress(Cancellation);
        using NetworkStream program = await Connect(port);
        using IAgentTunnel tunnel = await accepting;
        Task echo = Echo(tunnel);
        Task sending = SendAll(program, sent);
        byte[] received = await ReceiveAll(program);

        await Task.WhenAll(echo, sending);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Accept_TheHostEndsItsSide_LeavesTheProgramsOpen()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        int port = FreePort();
        await client.ListenEgress(port, Cancellation);
        Task<IAgentTunnel> accepting = client.AcceptEgress(Cancellation);
        using NetworkStream program = await Connect(port);
        using IAgentTunnel tunnel = await accepting;

        await tunnel.Output.CompleteAsync();
        Assert.Empty(await ReceiveAll(program));
        await SendAll(program, "late"u8.ToArray());
        using var rest = new MemoryStream();
        await tunnel.Input.CopyToAsync(rest, Cancellation);

        Assert.Equal("late", Encoding.ASCII.GetString(rest.ToArray()));
    }

    [Fact]
    public async Task Accept_TheHostCutsTheTunnel_CutsTheProgram()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        int port = FreePort();
        await client.ListenEgress(port, Cancellation);
        Task<IAgentTunnel> accepting = client.AcceptEgress(Cancellation);
        using NetworkStream program = await Connect(port);

        (await accepting).Dispose();

        Assert.Equal(0, await ReadOrCut(program));
    }

    [Fact]
    public async Task Accept_TheConnectionToTheHostBreaks_CutsTheProgramAndLetsTheNextHostIn()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        int port = FreePort();
        NetworkStream program;
        await using (AgentClient client = await box.Connect())
        {
            await client.ListenEgress(port, Cancellation);
            Task<IAgentTunnel> accepting = client.AcceptEgress(Cancellation);
            program = await Connect(port);
            await accepting;
        }

        Assert.Equal(0, await ReadOrCut(program));
        program.Dispose();
        await using AgentClient next = await box.Connect();
        await next.ListenEgress(port, Cancellation);
        Task<IAgentTunnel> again = next.AcceptEgress(Cancellation);
        using NetworkStream other = await Connect(port);
        using IAgentTunnel tunnel = await again;
    }

    [Fact]
    public async Task Accept_GivenUp_LeavesTheConnectionToTheNext()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        int port = FreePort();
        await client.ListenEgress(port, Cancellation);
        using var patience = new CancellationTokenSource();
        Task<IAgentTunnel> first = client.AcceptEgress(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        // A request after it is answered after it: the agent knows by then.
        Assert.Equal("", (await client.RunShell("true")).Out);
        Task<IAgentTunnel> second = client.AcceptEgress(Cancellation);
        using NetworkStream program = await Connect(port);
        await SendAll(program, "x"u8.ToArray());
        using IAgentTunnel tunnel = await second;

        Assert.Equal(1, (await tunnel.Input.ReadAsync(Cancellation)).Buffer.Length);
    }

    [Fact]
    public async Task Accept_BeforeListening_IsRefused()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => client.AcceptEgress(Cancellation));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }

    [Fact]
    public async Task Listen_OnAPortThatIsTaken_IsRefused()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(
            () => client.ListenEgress(((IPEndPoint)taken.LocalEndpoint).Port, Cancellation));

        Assert.Equal(AgentErrors.Busy, refusal.Code);
    }

    [Fact]
    public async Task Listen_Twice_IsNoHarm()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        int port = FreePort();

        await client.ListenEgress(port, Cancellation);
        await client.ListenEgress(port, Cancellation);
    }

    [Fact]
    public async Task Quiesce_WithAProgramConnected_ClosesItAndListensAgainAfterwards()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        int port = FreePort();
        await client.ListenEgress(port, Cancellation);
        Task<IAgentTunnel> accepting = client.AcceptEgress(Cancellation);
        using NetworkStream program = await Connect(port);
        using IAgentTunnel tunnel = await accepting;

        await client.Quiesce(TimeSpan.FromMilliseconds(50), refuseTcpWaits: true, Cancellation);
        await client.Disconnected.WaitAsync(Cancellation);
        Assert.Equal(0, await ReadOrCut(program));
        await using AgentClient next = await box.Connect();
        Task<IAgentTunnel> again = next.AcceptEgress(Cancellation);
        using NetworkStream other = await Connect(port);
        using IAgentTunnel second = await again;
    }

    // The agent of these tests shares the host's network.
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task<NetworkStream> Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task Echo(IAgentTunnel tunnel)
    {
        await tunnel.Input.CopyToAsync(tunnel.Output, Cancellation);
        await tunnel.Output.CompleteAsync();
    }

    private static async Task SendAll(NetworkStream program, byte[] bytes)
    {
        await program.WriteAsync(bytes, Cancellation);
        program.Socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> ReceiveAll(NetworkStream program)
    {
        using var all = new MemoryStream();
        await program.CopyToAsync(all, Cancellation);
        return all.ToArray();
    }

    // A connection that is cut may end or be reset.
    private static async Task<int> ReadOrCut(NetworkStream program)
    {
        try
        {
            return await program.ReadAsync(new byte[1], Cancellation);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
