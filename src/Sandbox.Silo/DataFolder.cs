using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sandbox.Silo;

/// <summary>
/// The data folder of an embedded server: held by one process at a time. What the command line finds in it: the
/// operator's key, and, while the server listens, its address.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream fileLock)
    {
        Root = path;
        _lock = fileLock;
    }

    /// <summary>Full path of the folder.</summary>
    public string Root { get; }

    /// <summary>File with the operator's API key.</summary>
    public string OperatorKeyFile => Path.Combine(Root, "operator.key");

    /// <summary>
    /// A short name that is this folder's own: servers with different folders on one machine do not see each other's
    /// sandboxes.
    /// </summary>
    public string Instance => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12];

    private string ServerFile => Path.Combine(Root, "server.json");

    /// <summary>Makes the folder where it is missing, and takes hold of it.</summary>
    /// <exception cref="IOException">Another server holds it.</exception>
    public static DataFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
            Directory.CreateDirectory(root, OwnerFolder);
        FileStream fileLock;
        try
        {
            // The kernel lets go of the lock with the process, however that ends.
            fileLock = new FileStream(Path.Combine(root, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"Another server uses the data folder {root}.", e);
        }

        return new DataFolder(root, fileLock);
    }

    /// <summary>
    /// The ports of the silo, on loopback: the same at every start where they are free, because a silo that comes back at
    /// its old address is known to be the successor at once.
    /// </summary>
    public (int Silo, int Gateway) SiloPorts()
    {
        var file = Path.Combine(Root, "silo.ports");
        var stored = File.Exists(file) ? File.ReadAllText(file).Split(' ') : [];
        if (stored.Length == 2 && int.TryParse(stored[0], out var silo) && int.TryParse(stored[1], out var gateway) && IsFree(silo) && IsFree(gateway))
            return (silo, gateway);
        (silo, gateway) = (FreePort(), FreePort());
        File.WriteAllText(file, $"{silo} {gateway}");
        return (silo, gateway);
    }

    /// <summary>Tells where the server listens.</summary>
    public void Announce(string url)
    {
        var temporary = ServerFile + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(new { url, pid = Environment.ProcessId }));
        File.Move(temporary, ServerFile, overwrite: true);
    }

    /// <summary>The server no longer listens.</summary>
    public void Withdraw() => File.Delete(ServerFile);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
