using System.Net;
using System.Net.Sockets;

namespace Sandbox.Agent.Egress;

/// <summary>
/// The port inside at which programs find the way out. While a sandbox is saved nothing of it may be open, since gVisor
/// cannot save a socket that somebody waits for; afterwards it listens again.
/// </summary>
internal sealed class EgressListener
{
    private const int Backlog = 64;

    private readonly Lock turn = new();
    private readonly HashSet<Socket> open = [];
    private Socket? listener;
    private int? port;
    private bool suspended;

    /// <summary>Listens, where it does not yet.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public void Listen(int wanted)
    {
        lock (turn)
        {
            if (listener is not null || suspended)
                return;
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, wanted));
                socket.Listen(Backlog);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            (listener, port) = (socket, wanted);
        }
    }

    /// <summary>The next connection; null where it does not listen, or no longer. Give it back by <see cref="Close"/>.</summary>
    public async Task<Socket?> Accept(CancellationToken cancellationToken)
    {
        Socket? current;
        lock (turn)
            current = listener;
        if (current is null)
            return null;
        Socket accepted;
        try
        {
            accepted = await current.AcceptAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return null;
        }

        accepted.NoDelay = true;
        lock (turn)
        {
            if (!suspended)
            {
                open.Add(accepted);
                return accepted;
            }
        }

        accepted.Dispose();
        return null;
    }

    /// <summary>Ends a connection.</summary>
    public void Close(Socket connection)
    {
        lock (turn)
            open.Remove(connection);
        connection.Dispose();
    }

    /// <summary>Closes everything.</summary>
    public void Suspend()
    {
        lock (turn)
        {
            suspended = true;
            listener?.Dispose();
            listener = null;
            foreach (Socket connection in open)
                connection.Dispose();
            open.Clear();
        }
    }

    /// <summary>Listens again, where it did before. A program that has taken the port meanwhile keeps it.</summary>
    public void Resume()
    {
        lock (turn)
            suspended = false;
        try
        {
            if (port is { } before)
                Listen(before);
        }
        catch (SocketException)
        {
            // The host is told when it asks for the way out anew.
        }
    }
}
