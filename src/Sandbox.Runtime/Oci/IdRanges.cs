using System.Globalization;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// Hands out ranges of 65,536 host user ids, one per sandbox: the kernel counts pipe buffers, inotify instances, keys and
/// pending signals by user, so sandboxes that shared one would starve each other. A range comes back into use as late as
/// possible. Who holds one is told by the file system, where every process of the node sees it: a folder of the range's
/// number, which only one can make, and in it a file that names the sandbox, which only one can remove.
/// </summary>
/// <param name="folder">Where the ranges in use are.</param>
/// <param name="firstId">First id of the first range.</param>
/// <param name="count">How many there are.</param>
internal sealed class IdRanges(string folder, long firstId, int count)
{
    public const int Size = 65536;

    private int _last = -1;

    /// <summary>Makes the folder, where it is missing.</summary>
    public void Prepare() => Directory.CreateDirectory(folder);

    /// <summary>Takes a range for a sandbox; null when all are in use.</summary>
    public long? Acquire(SandboxId sandbox)
    {
        for (var tries = 0; tries < count; tries++)
        {
            var slot = (int)((uint)Interlocked.Increment(ref _last) % (uint)count);
            if (TryHold(slot, sandbox))
                return firstId + ((long)slot * Size);
        }

        return null;
    }

    /// <summary>Marks the range of a sandbox that is there.</summary>
    public void Reserve(long hostId, SandboxId sandbox)
    {
        if (SlotOf(hostId) is { } slot)
            TryHold(slot, sandbox);
    }

    /// <summary>Gives a sandbox's range back. That it holds it no longer, or never did, is no error.</summary>
    public void Release(long hostId, SandboxId sandbox)
    {
        if (SlotOf(hostId) is { } slot && Libc.RemoveFile(HolderOf(slot, sandbox)))
            Libc.RemoveDirectory(FolderOf(slot));
    }

    /// <summary>Gives back the ranges of sandboxes that are not there, which processes that were killed have left.</summary>
    public void Sweep(IReadOnlySet<SandboxId> sandboxes)
    {
        foreach (var slot in Directory.EnumerateDirectories(folder))
        {
            foreach (var holder in Directory.EnumerateFiles(slot).Where(holder => !IsOf(holder, sandboxes)))
                Libc.RemoveFile(holder);
            // Where it is not empty, this does nothing.
            Libc.RemoveDirectory(slot);
        }
    }

    private bool TryHold(int slot, SandboxId sandbox)
    {
        if (!Libc.MakeDirectory(FolderOf(slot)))
            return false;
        try
        {
            File.Create(HolderOf(slot, sandbox)).Dispose();
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            // Another process has swept it away while it was empty.
            return false;
        }
    }

    private static bool IsOf(string holder, IReadOnlySet<SandboxId> sandboxes) =>
        SandboxId.TryParse(Path.GetFileName(holder), out var id) && sandboxes.Contains(id);

    private string FolderOf(int slot) => Path.Combine(folder, slot.ToString(CultureInfo.InvariantCulture));

    private string HolderOf(int slot, SandboxId sandbox) => Path.Combine(FolderOf(slot), sandbox.ToString());

    // Below the first id the quotient is rounded down, too: a range that is not ours must not pass for the first one.
    private int? SlotOf(long hostId) =>
        (int)Math.Clamp(Math.Floor((hostId - firstId) / (double)Size), -1, count) is var slot && slot >= 0 && slot < count ? slot : null;
}
