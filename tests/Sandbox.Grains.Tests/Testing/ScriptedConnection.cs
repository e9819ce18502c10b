using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>A connection to a scripted sandbox.</summary>
internal sealed class ScriptedConnection(ScriptedSandbox sandbox, IReadOnlyList<string> knownExecs) : IAgentClient
{
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Disconnected => _disconnected.Task;

    public IReadOnlyList<string> KnownExecs => knownExecs;

    public void Break() => _disconnected.TrySetResult();

    public async Task StartKernel(StartKernelRequest request, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        sandbox.Kernels.Enqueue(request);
    }

    public async Task<IAgentExec> Exec(ExecRequest request, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> stdin, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        var (exec, started) = sandbox.Accept(request, Encoding.UTF8.GetString(code.Span), Encoding.UTF8.GetString(stdin.Span));
        return new Attachment(this, exec, started, request.After);
    }

    public async Task Signal(string execId, int signal, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        sandbox.Signals.Enqueue((execId, signal));
    }

    public async Task<InputTaken> SendInput(InputRequest request, Stream content, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        return sandbox.Input(request, buffer.ToArray());
    }

    public async Task Resize(ResizeRequest request, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        sandbox.Resizes.Enqueue((request.Id, request.Size));
    }

    public async Task<FileWritten> WriteFile(WriteFileRequest request, Stream content, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        sandbox.Files[request.Path] = buffer.ToArray();
        return new FileWritten(buffer.Length);
    }

    public async Task<AgentFile> ReadFile(ReadFileRequest request, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        return sandbox.Files.TryGetValue($"{request.Root}/{request.Path}", out var content)
            ? new AgentFile(new FileEntry(request.Path, FileKind.File, content.Length, WriteFileRequest.DefaultMode, 0, 0, 1), 0, content.Length, new MemoryStream(content))
            : throw new AgentRequestException(AgentErrors.NotFound, "gone");
    }

    public async Task<FindFilesReply> FindFiles(FindFilesRequest request, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        var prefix = request.Root + "/";
        return new FindFilesReply(
            [.. sandbox.Files.Where(file => request.Globs.Contains(file.Key[prefix.Length..])).Select(file => new FoundFile(file.Key[prefix.Length..], file.Value.Length))], [], false);
    }

    public Task<FileEntry> Stat(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ListReply> List(ListRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Move(MoveRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MakeFolder(MakeFolderRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task Remove(RemoveRequest request, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        if (!sandbox.Files.Remove(request.Path, out _))
            throw new AgentRequestException(AgentErrors.NotFound, "gone");
    }

    public async Task<AgentTree> ExportTree(ExportTreeRequest request, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        if (sandbox.ExportRefusal is { } refusal)
            throw new AgentRequestException(refusal, "as it was told to");
        return new AgentTree(tree =>
        {
            tree.Exported = new TreeExported(sandbox.Files.Count, 1);
            return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(sandbox.Files));
        });
    }

    public async Task<TreeImported> ImportTree(ImportTreeRequest request, Stream content, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        if (sandbox.ImportRefusal is { } refusal)
            throw new AgentRequestException(refusal, "as it was told to");
        foreach (var (path, file) in (await JsonSerializer.DeserializeAsync<Dictionary<string, byte[]>>(content, cancellationToken: cancellationToken))!)
            sandbox.Files[path] = file;
        return new TreeImported(sandbox.Files.Count);
    }

    public Task<IAgentWatch> Watch(WatchRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ListenEgress(int port, CancellationToken cancellationToken) => Task.CompletedTask;

    // Nothing inside asks for anything.
    public async Task<IAgentTunnel> AcceptEgress(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("A wait without end has ended.");
    }

    public async Task SetDeadline(TimeSpan fromNow, CancellationToken cancellationToken)
    {
        await Answer(cancellationToken);
        sandbox.Deadline = fromNow;
    }

    public ValueTask DisposeAsync()
    {
        Break();
        return ValueTask.CompletedTask;
    }

    private async Task Answer(CancellationToken cancellationToken)
    {
        if (sandbox.Mute)
            await _disconnected.Task.WaitAsync(cancellationToken);
        ThrowIfBroken();
    }

    private void ThrowIfBroken()
    {
        if (_disconnected.Task.IsCompleted)
            throw new AgentConnectionException("The connection is broken, as it was told to.");
    }

    private sealed class Attachment(ScriptedConnection connection, ScriptedExec exec, bool started, long after) : IAgentExec
    {
        private readonly TaskCompletionSource<ExecResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Started => started;

        public Task<ExecResult> Result => _result.Task;

        public async IAsyncEnumerable<AgentOutput> Output([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var last = after; ;)
            {
                connection.ThrowIfBroken();
                var (piece, wait) = exec.After(last);
                if (piece is { } output)
                {
                    yield return output;
                    last = output.Sequence;
                }
                else if (wait is null)
                {
                    _result.TrySetResult(exec.Result!);
                    yield break;
                }
                else
                {
                    await Task.WhenAny(wait, connection.Disconnected).WaitAsync(cancellationToken);
                }
            }
        }

        public Task Acknowledge(long sequence, CancellationToken cancellationToken)
        {
            connection.ThrowIfBroken();
            exec.Acknowledge(sequence);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
