using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>The node's end of one connection to an agent.</summary>
public sealed class AgentClient : IAgentClient
{
    private const int MostKnownExecs = 1024;

    private readonly MultiplexingStream mux;
    private readonly AgentFiles files;
    private readonly TaskCompletionSource disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentClient(Stream stream)
    {
        mux = MultiplexingStream.Create(
            new BoundedMuxStream(stream),
            new MultiplexingStream.Options { ProtocolMajorVersion = 3, StartSuspended = true, DefaultChannelReceivingWindowSize = AgentProtocol.WindowBytes });
        files = new AgentFiles(mux);
        // An agent has nothing to ask of its node.
        mux.ChannelOffered += (_, _) => Disconnect();
        mux.StartListening();
        _ = mux.Completion.ContinueWith(
            _ => disconnected.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <inheritdoc />
    public Task Disconnected => disconnected.Task;

    /// <inheritdoc />
    public IReadOnlyList<string> KnownExecs { get; private set; } = [];

    /// <summary>Greets the agent at the other end of a stream, which the client then owns, also when this fails.</summary>
    /// <exception cref="AgentRequestException">The agent knows another token.</exception>
    /// <exception cref="AgentConnectionException">There is no agent at the other end.</exception>
    public static async Task<AgentClient> ConnectAsync(Stream stream, string token, CancellationToken cancellationToken)
    {
        var client = new AgentClient(stream);
        try
        {
            await client.Greet(token, cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public Task StartKernel(StartKernelRequest request, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.StartKernel, cancellationToken);
        await channel.Send(request, ProtocolJson.Default.StartKernelRequest, cancellationToken);
        return await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
    });

    /// <inheritdoc />
    public Task<IAgentExec> Exec(
        ExecRequest request, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> stdin, CancellationToken cancellationToken) => Guard(async () =>
    {
        AgentRequest channel = await AgentRequest.Open(mux, Verbs.Exec, cancellationToken);
        try
        {
            await channel.Send(request, ProtocolJson.Default.ExecRequest, cancellationToken);
            // Not awaited before the answer: an agent that refuses does not read on.
            Task sending = request.Start is null ? Task.CompletedTask : SendInput(channel, code, stdin, cancellationToken);
            ExecAccepted accepted = await channel.Answer(ProtocolJson.Default.ExecAccepted, cancellationToken);
            return (IAgentExec)new AgentExec(channel, request, accepted.Started, sending);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    });

    /// <inheritdoc />
    public Task Signal(string execId, int signal, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.Signal, cancellationToken);
        await channel.Send(new SignalRequest(execId, signal), ProtocolJson.Default.SignalRequest, cancellationToken);
        return await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
    });

    /// <inheritdoc />
    public Task<InputTaken> SendInput(InputRequest request, Stream content, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.Input, cancellationToken);
        await channel.Send(request, ProtocolJson.Default.InputRequest, cancellationToken);
        InputTaken taken = await channel.AnswerTo(content, ProtocolJson.Default.InputTaken, cancellationToken);
        return taken.Offset >= 0 ? taken : throw new ProtocolViolationException("The agent counts its input below zero.");
    });

    /// <inheritdoc />
    public Task Resize(ResizeRequest request, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.Resize, cancellationToken);
        await channel.Send(request, ProtocolJson.Default.ResizeRequest, cancellationToken);
        return await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
    });

    /// <inheritdoc />
    public Task<FileEntry> Stat(string path, CancellationToken cancellationToken) => files.Stat(path, cancellationToken);

    /// <inheritdoc />
    public Task<ListReply> List(ListRequest request, CancellationToken cancellationToken) => files.List(request, cancellationToken);

    /// <inheritdoc />
    public Task<AgentFile> ReadFile(ReadFileRequest request, CancellationToken cancellationToken) => files.ReadFile(request, cancellationToken);

    /// <inheritdoc />
    public Task<FileWritten> WriteFile(WriteFileRequest request, Stream content, CancellationToken cancellationToken) =>
        files.WriteFile(request, content, cancellationToken);

    /// <inheritdoc />
    public Task<FindFilesReply> FindFiles(FindFilesRequest request, CancellationToken cancellationToken) => files.FindFiles(request, cancellationToken);

    /// <inheritdoc />
    public Task Move(MoveRequest request, CancellationToken cancellationToken) => files.Move(request, cancellationToken);

    /// <inheritdoc />
    public Task MakeFolder(MakeFolderRequest request, CancellationToken cancellationToken) => files.MakeFolder(request, cancellationToken);

    /// <inheritdoc />
    public Task Remove(RemoveRequest request, CancellationToken cancellationToken) => files.Remove(request, cancellationToken);

    /// <inheritdoc />
    public Task<AgentTree> ExportTree(ExportTreeRequest request, CancellationToken cancellationToken) => files.ExportTree(request, cancellationToken);

    /// <inheritdoc />
    public Task<TreeImported> ImportTree(ImportTreeRequest request, Stream content, CancellationToken cancellationToken) =>
        files.ImportTree(request, content, cancellationToken);

    /// <inheritdoc />
    public Task<IAgentWatch> Watch(WatchRequest request, CancellationToken cancellationToken) => files.Watch(request, cancellationToken);

    /// <inheritdoc />
    public Task ListenEgress(int port, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.ListenEgress, cancellationToken);
        await channel.Send(new ListenEgressRequest(port), ProtocolJson.Default.ListenEgressRequest, cancellationToken);
        return await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
    });

    /// <inheritdoc />
    public Task<IAgentTunnel> AcceptEgress(CancellationToken cancellationToken) => Guard(async () =>
    {
        AgentRequest channel = await AgentRequest.Open(mux, Verbs.AcceptEgress, cancellationToken);
        try
        {
            await channel.Send(new Empty(), ProtocolJson.Default.Empty, cancellationToken);
            await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
            return (IAgentTunnel)new AgentTunnel(channel);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    });

    /// <inheritdoc />
    public Task SetDeadline(TimeSpan fromNow, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.SetDeadline, cancellationToken);
        await channel.Send(new SetDeadlineRequest(fromNow.TotalSeconds), ProtocolJson.Default.SetDeadlineRequest, cancellationToken);
        return await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
    });

    /// <summary>
    /// Asks the agent to close every connection, this one too, and its socket, so that the sandbox can be saved. Completes when
    /// it has agreed; it is quiet when the socket's file is gone.
    /// </summary>
    /// <param name="most">How long it lasts when nobody says that it is over.</param>
    /// <param name="refuseTcpWaits">Refuse where a process waits for TCP connections by epoll.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    public Task Quiesce(TimeSpan most, bool refuseTcpWaits, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.Quiesce, cancellationToken);
        await channel.Send(new QuiesceRequest(most.TotalSeconds, refuseTcpWaits), ProtocolJson.Default.QuiesceRequest, cancellationToken);
        return await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
    });

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await mux.DisposeAsync();
        disconnected.TrySetResult();
    }

    private static async Task SendInput(AgentRequest channel, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> stdin, CancellationToken cancellationToken)
    {
        await channel.Writer.WriteBody(code, cancellationToken);
        await channel.Writer.WriteBody(stdin, cancellationToken);
    }

    private Task Greet(string token, CancellationToken cancellationToken) => Guard(async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, Verbs.Hello, cancellationToken);
        await channel.Send(new HelloRequest(AgentProtocol.Version, token), ProtocolJson.Default.HelloRequest, cancellationToken);
        HelloReply reply = await channel.Answer(ProtocolJson.Default.HelloReply, cancellationToken);
        if (reply.Version != AgentProtocol.Version || reply.Execs is not { Count: <= MostKnownExecs })
            throw new ProtocolViolationException("The agent greets in another version.");
        KnownExecs = reply.Execs;
        return reply;
    });

    private void Disconnect() => _ = mux.DisposeAsync().AsTask();

    private Task<T> Guard<T>(Func<Task<T>> request) => AgentRequest.Guard(mux, request);
}
