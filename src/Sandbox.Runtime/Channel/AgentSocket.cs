using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Runtime.Channel;

/// <summary>Opens the socket that an agent listens on, in a folder that the sandbox can write to.</summary>
public static partial class AgentSocket
{
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;

    /// <summary>
    /// Connects to the socket at exactly this path. A link that was planted there, or anything that is no socket, is refused:
    /// following it would let the sandbox choose which of the host's sockets is spoken to.
    /// </summary>
    /// <exception cref="AgentConnectionException">There is nothing, or nothing that listens, or no socket.</exception>
    public static async Task<Stream> Connect(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using SafeFileHandle pinned = Pin(path);
            // What the descriptor refers to cannot be exchanged any more; connecting through it follows nothing else.
            string exact = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{pinned.DangerousGetHandle()}");
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(exact), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is SocketException or Win32Exception)
                throw new AgentConnectionException("The agent's socket cannot be opened.", failure);
            throw;
        }
    }

    private static SafeFileHandle Pin(string path)
    {
        int fd = Open(path, PathOnly | NoFollow | CloseOnExec);
        if (fd < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        return new SafeFileHandle(fd, ownsHandle: true);
    }

    // The one flag of these whose value differs between architectures.
    private static int NoFollow => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);
}
