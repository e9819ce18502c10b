using System.Security.Cryptography;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// The processes that make sandboxes on this node for one installation: each holds a lock on a file of its own, which the
/// kernel lets go of however it ends. What a living process has made, and nobody claims yet, the others leave alone.
/// </summary>
internal sealed class NodeProcesses(HostLayout layout) : IDisposable
{
    private const int HoldAttempts = 100;

    private FileStream? _held;

    /// <summary>Name of this process, unlike that of any before it.</summary>
    public string Own { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Whether another process of the node lives.</summary>
    public bool HasOthers => Names().Any(name => name != Own && IsAlive(name));

    /// <summary>Takes its place among them, and removes the files of those that are gone.</summary>
    public void Join()
    {
        Directory.CreateDirectory(layout.Processes);
        _held ??= Hold();
        foreach (var name in Names().Where(name => name != Own && !IsAlive(name)).ToList())
            File.Delete(PathOf(name));
    }

    /// <summary>Whether what a process has made belongs to another one that lives.</summary>
    /// <param name="name">The process; null where a release that knew none made it.</param>
    public bool IsAnother(string? name) => name is not null && name != Own && IsAlive(name);

    /// <summary>Whether a process has ended.</summary>
    /// <param name="name">The process; null where a release that knew none made it.</param>
    public bool HasEnded(string? name) => name is null || (name != Own && !IsAlive(name));

    /// <summary>Removes what processes that have ended had begun to make.</summary>
    public void RemoveDrafts()
    {
        if (!Directory.Exists(layout.Drafts))
            return;
        foreach (var folder in Directory.EnumerateDirectories(layout.Drafts).Where(folder => HasEnded(Path.GetFileName(folder))))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another process was first.
            }
        }
    }

    /// <summary>Leaves; from now on what it has made is anybody's.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, null) is not { } held)
            return;
        File.Delete(PathOf(Own));
        held.Dispose();
    }

    // Between making the file and locking it, another one that starts may take it for that of a process that is gone.
    private FileStream Hold()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var held = new FileStream(PathOf(Own), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (File.Exists(PathOf(Own)))
                    return held;
                held.Dispose();
            }
            catch (IOException) when (attempt < HoldAttempts)
            {
                // It is just being looked at.
            }
        }
    }

    private bool IsAlive(string name)
    {
        try
        {
            using var free = new FileStream(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
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

    private IEnumerable<string> Names() =>
        Directory.Exists(layout.Processes) ? Directory.EnumerateFiles(layout.Processes).Select(path => Path.GetFileName(path)) : [];

    private string PathOf(string name) => Path.Combine(layout.Processes, name);
}
