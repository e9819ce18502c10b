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

    public Task<Stream> ReadFile(ReadFileRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<FindFilesReply> FindFiles(FindFilesRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetDeadline(TimeSpan fromNow, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Disconnect();
        return ValueTask.CompletedTask;
    }
}
