using System.Net;
using System.Net.Sockets;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>The host reaches what listens on the loopback inside, and nothing else.</summary>
public sealed class PortTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Connect_AProgramListens_CarriesBytesBothWays(string address)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        using var program = new TcpListener(IPAddress.Parse(address), 0);
        program.Start();
        byte[] sent = new byte[5_000_000];
        new Random(1).NextBytes(sent);

        await using Stream tunnel = await Ports(box).Connect(PortOf(program), Cancellation);
        using TcpClient accepted = await program.AcceptTcpClientAsync(Cancellation);
        Task echo = Echo(accepted, sent.Length);
        Task sending = tunnel.WriteAsync(sent, Cancellation).AsTask();
        byte[] received = new byte[sent.Length];
        await tunnel.ReadExactlyAsync(received, Cancellation);

        await Task.WhenAll(echo, sending);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Connect_TheProgramEndsItsSide_IsReadToItsEnd()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        using var program = Listen();

        await using Stream tunnel = await Ports(box).Connect(PortOf(program), Cancellation);
        using (TcpClient accepted = await program.AcceptTcpClientAsync(Cancellation))
            await accepted.GetStream().WriteAsync("bye"u8.ToArray(), Cancellation);

        using var rest = new StreamReader(tunnel);
        Assert.Equal("bye", await rest.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Connect_TheHostCuts_EndsTheProgramsConnection()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        using var program = Listen();
        Stream tunnel = await Ports(box).Connect(PortOf(program), Cancellation);
        using TcpClient accepted = await program.AcceptTcpClientAsync(Cancellation);

        await tunnel.DisposeAsync();

        Assert.Equal(0, await accepted.GetStream().ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Connect_NothingListens_IsNotFound()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        using var program = Listen();
        int port = PortOf(program);
        program.Stop();

        var refusal = await Assert.ThrowsAsync<AgentRequestException>(() => Ports(box).Connect(port, Cancellation));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(EgressProxy.Port)]
    public async Task Connect_ToNoPortForCallers_IsInvalid(int port)
    {
        await using AgentBox box = await AgentBox.Start(binary);

        var refusal = await Assert.ThrowsAsync<AgentRequestException>(() => Ports(box).Connect(port, Cancellation));

        Assert.Equal(AgentErrors.Invalid, refusal.Code);
    }

    [Fact]
    public async Task Connect_WithAnotherToken_IsRefusedAndNothingIsConnected()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        using var program = Listen();

        var refusal = await Assert.ThrowsAsync<AgentRequestException>(
            () => new AgentPorts(box.SocketPath, "another").Connect(PortOf(program), Cancellation));

        Assert.Equal(AgentErrors.Unauthorized, refusal.Code);
        Assert.False(program.Pending());
    }

    [Fact]
    public async Task Connect_WhatIsNoRequest_EndsThatConnectionAlone()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using Stream stranger = await box.OpenSocket();

        await stranger.WriteAsync(new byte[] { (byte)FrameType.Json, 0xff, 0xff, 0xff, 0xff }, Cancellation);

        Assert.Equal(0, await stranger.ReadAsync(new byte[1], Cancellation));
        Assert.Equal("fine\n", (await client.RunShell("echo fine")).Out);
    }

    private static AgentPorts Ports(AgentBox box) => new(box.SocketPath, AgentBox.Token);

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task Echo(TcpClient client, long bytes)
    {
        byte[] buffer = new byte[64 * 1024];
        while (bytes > 0)
        {
            int count = await client.GetStream().ReadAsync(buffer, Cancellation);
            await client.GetStream().WriteAsync(buffer.AsMemory(0, count), Cancellation);
            bytes -= count;
        }
    }
}
