using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Pool;

/// <summary>An agent that does nothing but be connected, or not.</summary>
internal sealed class SilentAgent : IAgentClient
{
    private readonly TaskCompletionSource _disconnected = new();

    public Task Disconnected => _disconnected.Task;

    public IReadOnlyList<string> KnownExecs => [];

    public void Disconnect() => _disconnected.TrySetResult();

    public Task StartKernel(StartKernelRequest request, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IAgentExec> Exec(ExecRequest request, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> stdin, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Signal(string execId, int signal, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<FileWritten> WriteFile(WriteFileRequest request, Stream content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AgentFile> ReadFile(ReadFileRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<FileEntry> Stat(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ListReply> List(ListRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Move(MoveRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MakeFolder(MakeFolderRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Remove(RemoveRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AgentTree> ExportTree(ExportTreeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TreeImported> ImportTree(ImportTreeRequest request, Stream content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IAgentWatch> Watch(WatchRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<FindFilesReply> FindFiles(FindFilesRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<InputTaken> SendInput(InputRequest request, Stream content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Resize(ResizeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ListenEgress(int port, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IAgentTunnel> AcceptEgress(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetDeadline(TimeSpan fromNow, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Disconnect();
        return ValueTask.CompletedTask;
    }
}
