using System.Net.Sockets;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Channel;

public sealed class AgentSocketTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agent-socket-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Connect_ToASocket_Works()
    {
        using Socket listener = Listen("s");

        await using Stream stream = await AgentSocket.Connect(Path.Combine(folder, "s"), Cancellation);
        using Socket accepted = await listener.AcceptAsync(Cancellation);
        await stream.WriteAsync(new byte[] { 42 }, Cancellation);
        byte[] received = new byte[1];
        await accepted.ReceiveAsync(received, Cancellation);

        Assert.Equal(42, received[0]);
    }

    [Fact]
    public async Task Connect_ToALinkToASocket_IsRefused()
    {
        using Socket listener = Listen("s");
        string link = File.CreateSymbolicLink(Path.Combine(folder, "link"), Path.Combine(folder, "s")).FullName;

        await Assert.ThrowsAsync<AgentConnectionException>(() => AgentSocket.Connect(link, Cancellation));
    }

    [Fact]
    public async Task Connect_ToAFile_IsRefused()
    {
        string file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "", Cancellation);

        await Assert.ThrowsAsync<AgentConnectionException>(() => AgentSocket.Connect(file, Cancellation));
    }

    [Fact]
    public async Task Connect_ToNothing_IsRefused()
    {
        await Assert.ThrowsAsync<AgentConnectionException>(() => AgentSocket.Connect(Path.Combine(folder, "nothing"), Cancellation));
    }

    private Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, name)));
        socket.Listen();
        return socket;
    }
}
