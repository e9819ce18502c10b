namespace Sandbox.Agent.Tests.Native;

/// <summary>A stream that gives some bytes and then nothing until it is released.</summary>
internal sealed class GatedStream(byte[] first) : MemoryStream(first)
{
    private readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task FirstWasRead => read.Task;

    public void Release() => released.TrySetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = Read(buffer.Span);
        if (count > 0)
            return count;
        read.TrySetResult();
        await released.Task.WaitAsync(cancellationToken);
        return 0;
    }
}
