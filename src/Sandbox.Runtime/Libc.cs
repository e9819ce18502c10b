using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Runtime;

/// <summary>The few system calls that the framework does not offer.</summary>
internal static partial class Libc
{
    public const int SigKill = 9;

    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public static void Kill(int pid, int signal) => _ = KillCore(pid, signal);

    /// <summary>Removes an empty folder and nothing else; false when that failed.</summary>
    public static bool RemoveDirectory(string path) => RmdirCore(path) == 0;

    /// <summary>Makes a folder that root alone may enter; false where there is something of that name, or no parent.</summary>
    public static bool MakeDirectory(string path) => MkdirCore(path, 0x1C0) == 0;

    /// <summary>Removes a file; false where it was not there. Of several who try, one is told that it did.</summary>
    public static bool RemoveFile(string path) => UnlinkCore(path) == 0;

    /// <summary>Whether there is anything at a path; a link at its end is not followed.</summary>
    public static bool Exists(string path) => FaccessatCore(CurrentFolder, path, 0, NoFollow) == 0;

    /// <summary>Changes the owner of a path without following a link at its end.</summary>
    public static void ChangeOwner(string path, uint uid, uint gid)
    {
        if (LchownCore(path, uid, gid) != 0)
            throw new IOException($"Changing the owner of {path} failed (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>Gives a file one more name. A link at the end of the first path is not followed.</summary>
    public static void Link(string path, string name)
    {
        if (LinkCore(path, name) != 0)
            throw new IOException($"Linking {name} failed (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>Returns when all that was written to the file system of an open file is on its disk, folders included.</summary>
    public static void SyncFileSystem(SafeFileHandle file)
    {
        if (SyncCore(file) != 0)
            throw new IOException($"Syncing a file system failed (error {Marshal.GetLastPInvokeError()}).");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCore(string path, string name);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncCore(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkdirCore(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkCore(string path);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RmdirCore(string path);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FaccessatCore(int folder, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LchownCore(string path, uint uid, uint gid);
}
