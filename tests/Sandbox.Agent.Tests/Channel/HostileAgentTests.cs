using System.Text;
using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Channel;

/// <summary>The client against an agent that has been taken over.</summary>
public sealed class HostileAgentTests
{
    private static readonly ExecRequest Request = new(
        "x", 0, new ExecStart(null, ["true"], new Dictionary<string, string>(), "/", new ExecLimits(1, 10), true));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, "a")]
    [InlineData(0, "a")]
    [InlineData(1, "more than ten bytes")]
    public async Task Output_OutOfOrderOrTooMuch_EndsTheRead(long sequence, string text)
    {
        await using AgentClient client = await Connect((_, writer) =>
            writer.WriteOutput(sequence, OutputStream.Stdout, Encoding.UTF8.GetBytes(text), Cancellation));
        await using IAgentExec exec = await client.Exec(Request, default, default, Cancellation);

        await Assert.ThrowsAsync<AgentConnectionException>(() => ReadAll(exec));
        await Assert.ThrowsAsync<AgentConnectionException>(() => exec.Result);
    }

    [Fact]
    public async Task Output_SecondResult_EndsTheRead()
    {
        await using AgentClient client = await Connect(async (_, writer) =>
        {
            await writer.WriteOutput(1, OutputStream.Result, "1"u8.ToArray(), Cancellation);
            await writer.WriteOutput(2, OutputStream.Result, "2"u8.ToArray(), Cancellation);
        });
        await using IAgentExec exec = await client.Exec(Request, default, default, Cancellation);

        await Assert.ThrowsAsync<AgentConnectionException>(() => ReadAll(exec));
    }

    [Fact]
    public async Task FindFiles_PathsOutOfTheFolder_AreRefused()
    {
        await using AgentClient client = await Connect((_, writer) => writer.WriteJson(
            FrameType.Json, new FindFilesReply([new FoundFile("../../etc/passwd", 1)], [], false), ProtocolJson.Default.FindFilesReply, Cancellation));

        await Assert.ThrowsAsync<AgentConnectionException>(() => client.FindFiles(new FindFilesRequest("/workspace", ["*"], 10), Cancellation));
        await client.Disconnected.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task ReadFile_MoreThanAskedFor_EndsTheRead()
    {
        await using AgentClient client = await Connect(async (_, writer) =>
        {
            await writer.WriteJson(FrameType.Json, Entry("x"), ProtocolJson.Default.FileEntry, Cancellation);
            await writer.WriteBody(new byte[20], Cancellation);
        });
        await using AgentFile file = await client.ReadFile(new ReadFileRequest("/workspace", "x", 10), Cancellation);

        await Assert.ThrowsAsync<AgentConnectionException>(() => file.Content.CopyToAsync(Stream.Null, Cancellation));
    }

    [Theory]
    [InlineData(FileKind.Directory, 5)]
    [InlineData(FileKind.File, -1)]
    [InlineData(FileKind.File, 11)]
    [InlineData((FileKind)77, 5)]
    public async Task ReadFile_HeaderThatMakesNoSense_IsRefused(FileKind kind, long size)
    {
        await using AgentClient client = await Connect((_, writer) =>
            writer.WriteJson(FrameType.Json, Entry("x", kind, size), ProtocolJson.Default.FileEntry, Cancellation));

        await Assert.ThrowsAsync<AgentConnectionException>(() => client.ReadFile(new ReadFileRequest("/workspace", "x", 10), Cancellation));
        await client.Disconnected.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Stat_SomethingElseThanAsked_HasThePathThatWasAskedFor()
    {
        await using AgentClient client = await Connect((_, writer) =>
            writer.WriteJson(FrameType.Json, Entry("/etc/passwd"), ProtocolJson.Default.FileEntry, Cancellation));

        Assert.Equal("/workspace/x", (await client.Stat("/workspace/x", Cancellation)).Path);
    }

    public static TheoryData<ListReply> BadPages => new(
        new ListReply([Entry("../x")], null, false),
        new ListReply([Entry("/x")], null, false),
        new ListReply([Entry("b/c")], null, false),
        new ListReply([Entry("c"), Entry("b")], null, false),
        new ListReply([Entry("c"), Entry("c")], null, false),
        new ListReply([Entry("a")], null, false),
        new ListReply([Entry("b"), Entry("c"), Entry("d")], null, false),
        new ListReply([], "b"u8.ToArray(), false),
        new ListReply([Entry("b")], "a"u8.ToArray(), false),
        new ListReply([Entry("b")], "z"u8.ToArray(), false),
        new ListReply([Entry("b") with { Mode = -1 }], null, false),
        new ListReply([Entry("b") with { LinkTarget = "x" }], null, false),
        new ListReply([Entry("b") with { RawPath = "b"u8.ToArray() }], null, false),
        new ListReply([Entry("b") with { RawPath = [0xff] }], null, false));

    [Theory]
    [MemberData(nameof(BadPages))]
    public async Task List_PageThatMakesNoSense_IsRefused(ListReply page)
    {
        await using AgentClient client = await Connect((_, writer) =>
            writer.WriteJson(FrameType.Json, page, ProtocolJson.Default.ListReply, Cancellation));

        await Assert.ThrowsAsync<AgentConnectionException>(
            () => client.List(new ListRequest("/workspace", false, "a"u8.ToArray(), 2), Cancellation));
        await client.Disconnected.WaitAsync(Cancellation);
    }

    [Theory]
    [InlineData(FileEventKind.Created, "../x", null)]
    [InlineData(FileEventKind.Created, "/x", null)]
    [InlineData(FileEventKind.Created, "x", "y")]
    [InlineData(FileEventKind.Moved, "x", null)]
    [InlineData(FileEventKind.Moved, "x", "../y")]
    [InlineData((FileEventKind)77, "x", null)]
    public async Task Watch_EventThatMakesNoSense_IsRefused(FileEventKind kind, string path, string? from)
    {
        await using AgentClient client = await Connect(async (_, writer) =>
        {
            await writer.WriteJson(FrameType.Json, new Empty(), ProtocolJson.Default.Empty, Cancellation);
            await writer.WriteJson(FrameType.Json, new FileEvent(kind, path, from), ProtocolJson.Default.FileEvent, Cancellation);
        });
        await using IAgentWatch watch = await client.Watch(new WatchRequest("/workspace", true), Cancellation);

        await Assert.ThrowsAsync<AgentConnectionException>(async () =>
        {
            await foreach (FileEvent _ in watch.Events(Cancellation))
            {
            }
        });
    }

    [Fact]
    public async Task Agent_ThatOffersAChannel_IsDisconnected()
    {
        await using AgentClient client = await Connect((mux, writer) =>
        {
            _ = mux.OfferChannelAsync("mine", Cancellation);
            return ValueTask.CompletedTask;
        });

        await Assert.ThrowsAsync<AgentConnectionException>(() => client.Signal("x", 1, Cancellation));
        await client.Disconnected.WaitAsync(Cancellation);
    }

    [Theory]
    [InlineData(new byte[] { 0x94, 0, 1, 1, 0xc6, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x7f, 0x45, 0x4c, 0x46 })]
    public async Task ConnectAsync_SomethingElseAnswers_Fails(byte[] bytes)
    {
        (Stream host, Stream agent) = FullDuplexStream.CreatePair();
        await agent.WriteAsync(bytes, Cancellation);
        await agent.FlushAsync(Cancellation);

        await Assert.ThrowsAsync<AgentConnectionException>(() => AgentClient.ConnectAsync(host, "token", Cancellation));
    }

    private static FileEntry Entry(string path, FileKind kind = FileKind.File, long size = 5) => new(path, kind, size, 0, 0, 0, 1);

    /// <summary>A client whose agent greets well and then answers any request with a script of its own.</summary>
    private static async Task<AgentClient> Connect(Func<MultiplexingStream, FrameWriter, ValueTask> script)
    {
        (Stream host, Stream agent) = FullDuplexStream.CreatePair();
        var mux = MultiplexingStream.Create(agent, new MultiplexingStream.Options { ProtocolMajorVersion = 3, StartSuspended = true });
        mux.ChannelOffered += (_, offer) =>
        {
            MultiplexingStream.Channel channel = mux.AcceptChannel(offer.QualifiedId.Id);
            _ = Answer(mux, offer.Name, new FrameWriter(channel.Output), script);
        };
        mux.StartListening();
        return await AgentClient.ConnectAsync(host, "token", Cancellation);
    }

    private static async Task Answer(MultiplexingStream mux, string verb, FrameWriter writer, Func<MultiplexingStream, FrameWriter, ValueTask> script)
    {
        if (verb == Verbs.Hello)
        {
            await writer.WriteJson(FrameType.Json, new HelloReply(AgentProtocol.Version, []), ProtocolJson.Default.HelloReply, Cancellation);
            return;
        }

        if (verb == Verbs.Exec)
            await writer.WriteJson(FrameType.Json, new ExecAccepted(true), ProtocolJson.Default.ExecAccepted, Cancellation);
        await script(mux, writer);
    }

    private static async Task ReadAll(IAgentExec exec)
    {
        await foreach (AgentOutput _ in exec.Output(Cancellation))
        {
        }
    }
}
