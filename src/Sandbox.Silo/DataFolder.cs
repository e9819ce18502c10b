using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sandbox.Silo;

/// <summary>
/// The data folder of an embedded server, and the place of this process among its members: each place is held by one process
/// at a time. What the command line finds in it: the operator's key, and, while a member listens, its address.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string path, int member, FileStream fileLock)
    {
        Root = path;
        Member = member;
        _lock = fileLock;
    }

    /// <summary>The place that this process has, from 1 on.</summary>
    public int Member { get; }

    /// <summary>Name of this process in the cluster: the same after a restart.</summary>
    public string SiloName => NameOf(Member);

    /// <summary>Full path of the folder.</summary>
    public string Root { get; }

    /// <summary>File with the operator's API key.</summary>
    public string OperatorKeyFile => Path.Combine(Root, "operator.key");

    /// <summary>
    /// A short name that is this folder's own: servers with different folders on one machine do not see each other's
    /// sandboxes.
    /// </summary>
    public string Instance => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12];

    private string ServerFile => FileOf("server", "json");

    /// <summary>Name in the cluster of the process that has a place.</summary>
    public static string NameOf(int member) => string.Create(CultureInfo.InvariantCulture, $"member-{member}");

    /// <summary>Makes the folder where it is missing, and takes a place in it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="member">The place, from 1 on.</param>
    /// <exception cref="IOException">Another server holds that place.</exception>
    public static DataFolder Open(string path, int member)
    {
        var root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
            Directory.CreateDirectory(root, OwnerFolder);
        FileStream fileLock;
        try
        {
            // The kernel lets go of the lock with the process, however that ends.
            fileLock = new FileStream(LockOf(root, member), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            var place = member == 1 ? string.Empty : $" as its member {member}";
            throw new IOException($"Another server uses the data folder {root}{place}.", e);
        }

        return new DataFolder(root, member, fileLock);
    }

    /// <summary>Whether a process holds one of the other places.</summary>
    public bool HasOthers => Enumerable.Range(1, EmbeddedOptions.MostMembers).Any(member => IsHeldByAnother(NameOf(member)));

    /// <summary>Whether another process holds the place of this name in the cluster.</summary>
    public bool IsHeldByAnother(string siloName) =>
        siloName != SiloName && Enumerable.Range(1, EmbeddedOptions.MostMembers).Any(member => NameOf(member) == siloName && IsHeld(LockOf(Root, member)));

    /// <summary>
    /// The ports of the silo, on loopback: the same at every start where they are free, because a silo that comes back at
    /// its old address is known to be the successor at once.
    /// </summary>
    public (int Silo, int Gateway) SiloPorts()
    {
        var file = FileOf("silo", "ports");
        var stored = File.Exists(file) ? File.ReadAllText(file).Split(' ') : [];
        if (stored.Length == 2 && int.TryParse(stored[0], out var silo) && int.TryParse(stored[1], out var gateway) && IsFree(silo) && IsFree(gateway))
            return (silo, gateway);
        (silo, gateway) = (FreePort(), FreePort());
        File.WriteAllText(file, $"{silo} {gateway}");
        return (silo, gateway);
    }

    /// <summary>Tells where this process listens, and how many members the server has.</summary>
    public void Announce(string url, int members)
    {
        var temporary = ServerFile + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(new { url, pid = Environment.ProcessId, members }));
        File.Move(temporary, ServerFile, overwrite: true);
    }

    /// <summary>The server no longer listens.</summary>
    public void Withdraw() => File.Delete(ServerFile);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    // What the first member has is named as where there is only one.
    private string FileOf(string name, string extension) => Path.Combine(Root, NumberedName(name, Member, extension));

    private static string LockOf(string root, int member) => Path.Combine(root, NumberedName("server", member, "lock"));

    private static string NumberedName(string name, int member, string extension) =>
        member == 1 ? $"{name}.{extension}" : string.Create(CultureInfo.InvariantCulture, $"{name}-{member}.{extension}");

    private static bool IsHeld(string file)
    {
        try
        {
            using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

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
