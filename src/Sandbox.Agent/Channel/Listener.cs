using System.Net.Sockets;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>
/// Accepts connections of the host. Several may be open: a new one can come before the old one is known to be dead.
/// </summary>
internal sealed class Listener(string path, RequestRouter router, AgentToken token, Quiescence quiescence)
{
    private const int Backlog = 256;
    private const int MostChannels = 32;
    private const int MostConnections = MostChannels + PortTunnels.Most;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<HostConnection, Task> open = [];

    /// <summary>Listens before it returns; an agent that nobody can reach is none.</summary>
    public void Start() => _ = Run(Listen());

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(path);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen(Backlog);
        return socket;
    }

    private async Task Run(Socket socket)
    {
        while (true)
        {
            using var stop = new CancellationTokenSource();
            Task accepting = ServeAll(socket, stop.Token);
            TimeSpan most = await quiescence.Asked;
            await stop.CancelAsync();
            await accepting;
            await quiescence.Begin();
            if (await CloseAll())
            {
                // Removes the socket's file as well: to the host the sign that nothing of its own is open here any more.
                socket.Dispose();
                await quiescence.Over(most);
                socket = await ListenAgain();
            }

            await quiescence.End();
        }
    }

    private async Task<Socket> ListenAgain()
    {
        while (true)
        {
            try
            {
                return Listen();
            }
            catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
            {
                // Without a socket the sandbox is lost.
                await Task.Delay(Pause);
            }
        }
    }

    private async Task ServeAll(Socket socket, CancellationToken stopped)
    {
        while (await Accept(socket, stopped) is { } accepted)
        {
            lock (open)
            {
                if (open.Count < MostConnections)
                {
                    var connection = new HostConnection(accepted, router, token);
                    open.Add(connection, Task.Run(() => Serve(connection), CancellationToken.None));
                    continue;
                }
            }

            accepted.Dispose();
        }
    }

    // A peer that is gone before it was accepted, or a shortage of descriptors, must not end the listener.
    private static async Task<Socket?> Accept(Socket socket, CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                return await socket.AcceptAsync(stopped);
            }
            catch (SocketException)
            {
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return null;
    }

    private async Task Serve(HostConnection connection)
    {
        try
        {
            await connection.Run();
        }
        finally
        {
            connection.Dispose();
            lock (open)
                open.Remove(connection);
        }
    }

    /// <summary>Ends every connection; false when one did not end in time.</summary>
    private async Task<bool> CloseAll()
    {
        Task[] serving;
        lock (open)
        {
            serving = [.. open.Values];
            foreach (HostConnection connection in open.Keys)
                connection.Close();
        }

        Task all = Task.WhenAll(serving);
        await Task.WhenAny(all, Task.Delay(CloseTimeout));
        return all.IsCompleted;
    }
}
