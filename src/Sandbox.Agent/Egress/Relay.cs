using System.IO.Pipelines;
using System.Net.Sockets;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Egress;

/// <summary>Carries bytes between a program's connection and a channel, both ways at once, each at the pace of its reader.</summary>
internal static class Relay
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>
    /// Runs until both sides have ended theirs, or one of them broke. The end of one direction is passed on and leaves the other open.
    /// </summary>
    /// <param name="program">The program's connection.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="over">Completes when the channel is over; what came before may still have to be read then.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public static async Task Run(Socket program, IDuplexPipe channel, Task over, CancellationToken cancellationToken)
    {
        bool sent = false;
        await TwoWay.Run(
            async both =>
            {
                await Out(program, channel.Output, both);
                Volatile.Write(ref sent, true);
            },
            async both =>
            {
                await In(channel.Input, program, both);
                await over.WaitAsync(both);
                if (!Volatile.Read(ref sent))
                    throw new IOException("The host has given the connection up.");
            },
            cancellationToken);
    }

    private static async Task Out(Socket program, PipeWriter output, CancellationToken cancellationToken)
    {
        while (true)
        {
            int count = await program.ReceiveAsync(output.GetMemory(PieceBytes), cancellationToken);
            if (count == 0)
                break;
            output.Advance(count);
            // What the host sends still has to arrive, when it reads no more.
            if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                break;
        }

        await output.CompleteAsync();
    }

    private static async Task In(PipeReader input, Socket program, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(program, ownsSocket: false);
        await input.CopyToAsync(stream, cancellationToken);
        program.Shutdown(SocketShutdown.Send);
        await input.CompleteAsync();
    }
}
