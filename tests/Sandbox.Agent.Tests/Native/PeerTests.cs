using System.Security.Cryptography;
using System.Text;
using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class PeerTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("the-token-of-this-sandbo")]
    [InlineData("the-token-of-this-sandboX")]
    public async Task Hello_WrongToken_IsRefusedAndTheConnectionEnds(string token)
    {
        await using AgentBox box = await AgentBox.Start(binary);

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(async () =>
            await AgentClient.ConnectAsync(await box.OpenSocket(), token, Cancellation));

        Assert.Equal(AgentErrors.Unauthorized, refusal.Code);
    }

    [Fact]
    public async Task Connection_WithoutHello_IsDropped()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using Stream silent = await box.OpenSocket();

        Assert.Equal(0, await silent.ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Connection_RequestBeforeHello_IsRefusedAndNothingRuns()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using MultiplexingStream mux = Mux(await box.OpenSocket());
        MultiplexingStream.Channel channel = await mux.OfferChannelAsync(Verbs.Exec, Cancellation);
        var writer = new FrameWriter(channel.Output);

        await writer.WriteJson(
            FrameType.Json, new ExecRequest("sneaky", 0, Runs.Shell("touch /workspace/sneaked")), ProtocolJson.Default.ExecRequest, Cancellation);
        Frame? answer = await new FrameReader(channel.Input).Read(Cancellation);
        await using AgentClient client = await box.Connect();

        Assert.Equal(FrameType.Error, answer!.Value.Type);
        Assert.Equal("", (await client.RunShell("ls -A")).Out);
    }

    [Fact]
    public async Task Connection_Garbage_EndsItAndNotTheAgent()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        for (int attempt = 0; attempt < 20; attempt++)
        {
            await using Stream socket = await box.OpenSocket();
            await SendUntilClosed(socket, RandomNumberGenerator.GetBytes(1 + (attempt * 997)));
        }

        await AgentStillWorks(box);
    }

    [Fact]
    public async Task Connection_HugeAnnouncedFrame_IsEndedWithoutBufferingIt()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using Stream socket = await box.OpenSocket();

        // An array of four, an offer, a channel, and a binary of nearly 4 GiB.
        await SendUntilClosed(socket, [0x94, 0x00, 0x01, 0x01, 0xc6, 0xff, 0xff, 0xff, 0xff, .. new byte[1 << 20]]);

        await AgentStillWorks(box);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, (byte)'{', (byte)'"', (byte)'x' })]
    [InlineData(new byte[] { 1, 0, 0, 0, 4, (byte)'n', (byte)'u', (byte)'l', (byte)'l' })]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, (byte)'{', (byte)'}' })]
    [InlineData(new byte[] { 200, 0, 0, 0, 0 })]
    public async Task Channel_MalformedFrames_HarmNobodyElse(byte[] bytes)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        foreach (string verb in (string[])[Verbs.Exec, Verbs.StartKernel, Verbs.Signal, Verbs.WriteFile, Verbs.ReadFile, Verbs.FindFiles, Verbs.SetDeadline, "nonsense"])
        {
            await using MultiplexingStream mux = await Greeted(box);
            MultiplexingStream.Channel channel = await mux.OfferChannelAsync(verb, Cancellation);
            await channel.Output.WriteAsync(bytes, Cancellation);
            await channel.Output.CompleteAsync();
            while (await channel.Input.ReadAsync(Cancellation) is { IsCompleted: false } result)
                channel.Input.AdvanceTo(result.Buffer.End);
        }

        await AgentStillWorks(box);
    }

    [Fact]
    public async Task Connection_TooManyChannels_EndsIt()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using MultiplexingStream mux = await Greeted(box);

        for (int i = 0; i < 200; i++)
            _ = mux.OfferChannelAsync(Verbs.Exec, Cancellation);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true)
                (await mux.OfferChannelAsync(Verbs.Exec, Cancellation)).Dispose();
        });
        await AgentStillWorks(box);
    }

    [Fact]
    public async Task Connection_ManyRequestsOneAfterAnother_KeepsNoChannelOfThem()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        for (int i = 0; i < 300; i++)
            Assert.Equal("x\n", (await client.RunShell("echo x")).Out);
    }

    [Fact]
    public async Task Connections_Several_WorkAtOnce()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        AgentClient[] clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => box.Connect()));

        Run[] runs = await Task.WhenAll(clients.Select((client, i) => client.RunShell($"echo {i}", killAll: false)));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}\n"), runs.Select(run => run.Out));
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    private static MultiplexingStream Mux(Stream stream) =>
        MultiplexingStream.Create(stream, new MultiplexingStream.Options { ProtocolMajorVersion = 3 });

    private static async Task<MultiplexingStream> Greeted(AgentBox box)
    {
        MultiplexingStream mux = Mux(await box.OpenSocket());
        MultiplexingStream.Channel hello = await mux.OfferChannelAsync(Verbs.Hello, Cancellation);
        await new FrameWriter(hello.Output).WriteJson(
            FrameType.Json, new HelloRequest(AgentProtocol.Version, AgentBox.Token), ProtocolJson.Default.HelloRequest, Cancellation);
        await new FrameReader(hello.Input).ExpectJson(ProtocolJson.Default.HelloReply, Cancellation);
        hello.Dispose();
        return mux;
    }

    private static async Task SendUntilClosed(Stream socket, byte[] bytes)
    {
        try
        {
            await socket.WriteAsync(bytes, Cancellation);
            while (await socket.ReadAsync(new byte[4096], Cancellation) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed while it was still being written to.
        }
    }

    private static async Task AgentStillWorks(AgentBox box)
    {
        await using AgentClient client = await box.Connect();
        Assert.Equal("fine\n", (await client.RunShell("echo fine")).Out);
    }
}
