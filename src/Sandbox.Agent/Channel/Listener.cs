using System.Net.Sockets;
using Sandbox.Agent.Exec;
using Sandbox.Agent.Files;

namespace Sandbox.Agent.Channel;

/// <summary>
/// Accepts connections of the host. Several may be open: a new one can come before the old one is known to be dead.
/// </summary>
internal sealed class Listener(string path, RequestRouter router)
{
    private const int Backlog = 16;
    private const int MostConnections = 32;

    private int open;

    /// <summary>Listens before it returns; an agent that nobody can reach is none.</summary>
    public void Start()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(path);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen(Backlog);
        _ = ServeAll(socket);
    }

    private async Task ServeAll(Socket socket)
    {
        while (true)
        {
            Socket accepted = await Accept(socket);
            if (Interlocked.Increment(ref open) <= MostConnections)
            {
                _ = Serve(accepted);
                continue;
            }

            Interlocked.Decrement(ref open);
            accepted.Dispose();
        }
    }

    // A peer that is gone before it was accepted, or a shortage of descriptors, must not end the listener.
    private static async Task<Socket> Accept(Socket socket)
    {
        while (true)
        {
            try
            {
                return await socket.AcceptAsync();
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private async Task Serve(Socket accepted)
    {
        try
        {
            using var connection = new Connection(new NetworkStream(accepted, ownsSocket: true), router);
            await connection.Run();
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }
}
