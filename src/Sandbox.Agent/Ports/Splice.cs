using System.Buffers;
using System.Net.Sockets;

namespace Sandbox.Agent.Ports;

/// <summary>
/// Carries bytes between a connection of the host and one of a program, each way at the pace of its reader. A waiting direction holds
/// no buffer: most connections wait most of the time.
/// </summary>
internal static class Splice
{
    private const int PieceBytes = 128 * 1024;

    /// <summary>
    /// Runs until the host has closed its end, or either connection broke. That the program has ended its side is passed on, and what the
    /// host still sends still arrives; of what the host has closed nothing is left, because nobody would read it.
    /// </summary>
    public static async Task Run(Socket host, Socket program, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(
            Until(Copy(host, program, over.Token), over, endsAll: true),
            Until(CopyAndEnd(program, host, over.Token), over, endsAll: false));
    }

    private static async Task Until(Task direction, CancellationTokenSource over, bool endsAll)
    {
        await direction.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (endsAll || !direction.IsCompletedSuccessfully)
            await over.CancelAsync();
    }

    private static async Task CopyAndEnd(Socket from, Socket to, CancellationToken cancellationToken)
    {
        await Copy(from, to, cancellationToken);
        to.Shutdown(SocketShutdown.Send);
    }

    private static async Task Copy(Socket from, Socket to, CancellationToken cancellationToken)
    {
        while (true)
        {
            await from.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
            byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
            try
            {
                int count;
                do
                {
                    count = await from.ReceiveAsync(piece, cancellationToken);
                    if (count == 0)
                        return;
                    await Send(to, piece.AsMemory(0, count), cancellationToken);
                }
                while (count == piece.Length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(piece);
            }
        }
    }

    private static async ValueTask Send(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await to.SendAsync(bytes, cancellationToken)..];
    }
}
