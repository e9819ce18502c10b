using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// The images on this host, each a folder in <see cref="ImageMount"/>. Room is set aside before an image is written, for the
/// most that it can become: one sandbox's image never takes the room of another's.
/// </summary>
internal sealed class ImageStore(HostLayout layout, IOptions<RuntimeOptions> options)
{
    private const long HostShare = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _held = [];
    private readonly long _capacity = options.Value.MaxImageBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / HostShare;

    /// <summary>Makes the place for images. Those of an earlier process stay until the sweep.</summary>
    /// <exception cref="SandboxStartException">This host has none.</exception>
    public Task Prepare(CancellationToken cancellationToken) => ImageMount.Make(layout.Images, _capacity, cancellationToken);

    /// <summary>A new folder, with room for so many bytes.</summary>
    /// <exception cref="SandboxImageException">There is no room.</exception>
    public ImageFolder Reserve(long bytes)
    {
        var name = $"img-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        lock (_lock)
        {
            if (!ImageMount.IsInMemory(layout.Images))
                throw new SandboxImageException("The memory for images is not mounted any more.");
            var used = _held.Values.Sum(held => held.Bytes);
            if (used + bytes > _capacity)
                throw new SandboxImageException($"There is no room for another image: {used} of {_capacity} bytes are in use, and it may become {bytes}.");
            Directory.CreateDirectory(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _held.Add(name, new Held(bytes));
        }

        return new ImageFolder(this, name, PathOf(name));
    }

    /// <summary>A folder that somebody else holds, or an earlier process has left; null when it is gone.</summary>
    public ImageFolder? Open(string name)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(name, out var held))
                held.Holders++;
            else if (Directory.Exists(PathOf(name)))
                _held.Add(name, new Held(SizeOf(name)));
            else
                return null;
        }

        return new ImageFolder(this, name, PathOf(name));
    }

    /// <summary>Gives back what was set aside and is not needed.</summary>
    public void Settle(string name)
    {
        lock (_lock)
            _held[name].Bytes = SizeOf(name);
    }

    /// <summary>Lets go of a folder; with its last holder it is removed.</summary>
    public void Release(string name)
    {
        lock (_lock)
        {
            // When the store was closed before its last image, that was removed then.
            if (!_held.TryGetValue(name, out var held) || --held.Holders > 0)
                return;
            _held.Remove(name);
            Remove(name);
        }
    }

    /// <summary>Removes every image that nobody holds and nobody may want. Other servers of the node hold theirs.</summary>
    public void Sweep(IReadOnlySet<string> wanted)
    {
        lock (_lock)
        {
            foreach (var name in Names().Where(name => !_held.ContainsKey(name) && !wanted.Contains(name) && !IsOfAnother(name)).ToList())
                Remove(name);
        }
    }

    /// <summary>Leaves nothing on the host, unless a later process may want one of the images.</summary>
    public async Task Close(IReadOnlySet<string> wanted)
    {
        lock (_lock)
            _held.Clear();
        Sweep(wanted);
        if (!Names().Any())
            await ImageMount.Release(layout.Images);
    }

    private IEnumerable<string> Names() =>
        Directory.Exists(layout.Images) ? Directory.EnumerateDirectories(layout.Images).Select(path => Path.GetFileName(path)) : [];

    private static bool IsOfAnother(string name) =>
        name.Split('-') is [_, var text, _] && int.TryParse(text, CultureInfo.InvariantCulture, out var pid)
        && pid != Environment.ProcessId && Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"));

    private void Remove(string name)
    {
        Directory.Delete(PathOf(name), recursive: true);
        File.Delete(ImageFolder.LogOf(PathOf(name)));
    }

    private string PathOf(string name) => Path.Combine(layout.Images, name);

    private long SizeOf(string name) => new DirectoryInfo(PathOf(name)).EnumerateFiles().Sum(file => file.Length);

    private sealed class Held(long bytes)
    {
        public int Holders { get; set; } = 1;

        public long Bytes { get; set; } = bytes;
    }
}

/// <summary>One holder's claim on the folder of an image.</summary>
internal sealed class ImageFolder(ImageStore store, string name, string path) : IDisposable
{
    private int _released;

    public string Name { get; } = name;

    public string Path { get; } = path;

    /// <summary>What the engine says while it writes. In memory as well: it may show what the code inside had there.</summary>
    public string Log { get; } = LogOf(path);

    public static string LogOf(string path) => path + ".log";

    /// <summary>Says that nothing more is written.</summary>
    public void Settle() => store.Settle(Name);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
            store.Release(Name);
    }
}
