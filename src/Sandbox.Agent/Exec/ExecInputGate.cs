using Sandbox.Agent.Loop;
using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>The standard input of one execution for those who give it bytes from another thread: one after the other.</summary>
/// <param name="loop">The loop that the pipe lives on.</param>
/// <param name="pipe">The input.</param>
/// <param name="mayClose">Whether it can be ended: a terminal cannot.</param>
internal sealed class ExecInputGate(EventLoop loop, InputPipe pipe, bool mayClose)
{
    /// <summary>Whether the input can be ended: a terminal cannot.</summary>
    public bool MayClose => mayClose;

    /// <summary>Waits for those who came before; to be given back with <see cref="Leave"/>.</summary>
    public Task Enter(CancellationToken cancellationToken) => pipe.Turn.WaitAsync(cancellationToken);

    public void Leave() => pipe.Turn.Release();

    /// <summary>Bytes taken so far.</summary>
    public Task<long> Taken() => loop.Run(() => pipe.Taken);

    /// <summary>Gives all of the bytes, as fast as the program takes them.</summary>
    public async Task Give(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            (int count, Task? room) = await loop.Run(() => TakeWhileOpen(bytes));
            bytes = bytes[count..];
            if (room is not null)
                await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the input after what was given. Without effect on one that has ended.</summary>
    public Task Close() => loop.Run(() =>
    {
        pipe.CloseWhenWritten();
        return true;
    });

    private (int Count, Task? Room) TakeWhileOpen(ReadOnlyMemory<byte> bytes)
    {
        (int Count, Task? Room) taken = pipe.IsOpen ? pipe.Take(bytes) : default;
        // The program may have closed its end: what it was given is lost, and that has to be said.
        return pipe.IsOpen ? taken : throw new RequestException(AgentErrors.InputClosed, "The execution takes no input any more.");
    }
}
