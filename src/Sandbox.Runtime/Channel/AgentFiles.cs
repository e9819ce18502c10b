using System.Text.Json.Serialization.Metadata;
using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>Requests about files over the connection to an agent.</summary>
internal sealed class AgentFiles(MultiplexingStream mux) : IAgentFiles
{
    public Task<FileEntry> Stat(string path, CancellationToken cancellationToken) => AgentRequest.Guard(mux, async () =>
    {
        FileEntry entry = await Ask(
            Verbs.Stat, new StatRequest(path), ProtocolJson.Default.StatRequest, ProtocolJson.Default.FileEntry, cancellationToken);
        return ListedEntries.Check(entry) with { Path = path };
    });

    public Task<ListReply> List(ListRequest request, CancellationToken cancellationToken) => AgentRequest.Guard(mux, async () =>
    {
        ListReply page = await Ask(
            Verbs.List, request, ProtocolJson.Default.ListRequest, ProtocolJson.Default.ListReply, cancellationToken);
        return ListedEntries.Check(page, request);
    });

    public Task<AgentFile> ReadFile(ReadFileRequest request, CancellationToken cancellationToken) => AgentRequest.Guard(mux, async () =>
    {
        AgentRequest channel = await AgentRequest.Open(mux, Verbs.ReadFile, cancellationToken);
        try
        {
            await channel.Send(request, ProtocolJson.Default.ReadFileRequest, cancellationToken);
            FileEntry entry = ListedEntries.CheckOpened(await channel.Answer(ProtocolJson.Default.FileEntry, cancellationToken), request);
            (long offset, long length) = request.Range(entry.SizeBytes);
            return new AgentFile(entry, offset, length, new AgentFileStream(channel, length));
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    });

    public Task<FileWritten> WriteFile(WriteFileRequest request, Stream content, CancellationToken cancellationToken) => Upload(
        Verbs.WriteFile, request, ProtocolJson.Default.WriteFileRequest, content, ProtocolJson.Default.FileWritten, cancellationToken);

    public Task<FindFilesReply> FindFiles(FindFilesRequest request, CancellationToken cancellationToken) => AgentRequest.Guard(mux, async () =>
    {
        FindFilesReply found = await Ask(
            Verbs.FindFiles, request, ProtocolJson.Default.FindFilesRequest, ProtocolJson.Default.FindFilesReply, cancellationToken);
        return FoundFiles.Check(found, request);
    });

    public Task Move(MoveRequest request, CancellationToken cancellationToken) =>
        Change(Verbs.Move, request, ProtocolJson.Default.MoveRequest, cancellationToken);

    public Task MakeFolder(MakeFolderRequest request, CancellationToken cancellationToken) =>
        Change(Verbs.MakeFolder, request, ProtocolJson.Default.MakeFolderRequest, cancellationToken);

    public Task Remove(RemoveRequest request, CancellationToken cancellationToken) =>
        Change(Verbs.Remove, request, ProtocolJson.Default.RemoveRequest, cancellationToken);

    public Task<AgentTree> ExportTree(ExportTreeRequest request, CancellationToken cancellationToken) => AgentRequest.Guard(mux, async () =>
    {
        AgentRequest channel = await AgentRequest.Open(mux, Verbs.ExportTree, cancellationToken);
        try
        {
            await channel.Send(request, ProtocolJson.Default.ExportTreeRequest, cancellationToken);
            await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
            return new AgentTree(tree => new AgentFileStream(channel, request.MaxBytes, async token => tree.Exported = await ReadEnd(channel, token)));
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    });

    public Task<TreeImported> ImportTree(ImportTreeRequest request, Stream content, CancellationToken cancellationToken) => Upload(
        Verbs.ImportTree, request, ProtocolJson.Default.ImportTreeRequest, content, ProtocolJson.Default.TreeImported, cancellationToken);

    public Task<IAgentWatch> Watch(WatchRequest request, CancellationToken cancellationToken) => AgentRequest.Guard(mux, async () =>
    {
        AgentRequest channel = await AgentRequest.Open(mux, Verbs.Watch, cancellationToken);
        try
        {
            await channel.Send(request, ProtocolJson.Default.WatchRequest, cancellationToken);
            await channel.Answer(ProtocolJson.Default.Empty, cancellationToken);
            return (IAgentWatch)new AgentWatch(channel);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    });

    private static async Task<TreeExported> ReadEnd(AgentRequest channel, CancellationToken cancellationToken)
    {
        TreeExported end = await channel.Answer(ProtocolJson.Default.TreeExported, cancellationToken);
        return end is { Entries: >= 0, Skipped: >= 0 } ? end : throw new ProtocolViolationException("The end of a tree makes no sense.");
    }

    private Task<TReply> Upload<TRequest, TReply>(
        string verb, TRequest request, JsonTypeInfo<TRequest> requestType, Stream content, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TReply : class => AgentRequest.Guard(mux, async () =>
    {
        using AgentRequest channel = await AgentRequest.Open(mux, verb, cancellationToken);
        await channel.Send(request, requestType, cancellationToken);
        return await channel.AnswerTo(content, replyType, cancellationToken);
    });

    private Task Change<T>(string verb, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        AgentRequest.Guard(mux, () => Ask(verb, request, type, ProtocolJson.Default.Empty, cancellationToken));

    private async Task<TReply> Ask<TRequest, TReply>(
        string verb, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TReply : class
    {
        using AgentRequest channel = await AgentRequest.Open(mux, verb, cancellationToken);
        await channel.Send(request, requestType, cancellationToken);
        return await channel.Answer(replyType, cancellationToken);
    }
}
