using System.Runtime.InteropServices;

namespace Sandbox.Agent.Native;

/// <summary>What <c>sbx_spawn</c> gets.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SpawnRequest
{
    public byte** Argv;
    public byte** Envp;
    public byte* Path;
    public byte* Cwd;
    public int* Descriptors;
    public int DescriptorCount;
    public uint Uid;
    public uint Gid;
    public uint Processes;
    public int Terminal;
}

/// <summary>Where a child failed before it became the program.</summary>
internal enum SpawnStage
{
    Fork = 0,
    Descriptors = 1,
    Identity = 2,
    Directory = 3,
    Exec = 4,
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollSource
{
    public const short In = 1;
    public const short Out = 4;

    public int Fd;
    public short Events;
    public short Returned;
}

/// <summary>What the kernel says of a file; times in nanoseconds since 1970.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Entry
{
    public EntryKind Kind;
    public int Mode;
    public long Size;
    public long Modified;
    public long Changed;
    public ulong Inode;
    public ulong Device;
    public ulong Names;
    public long Stored;
}

internal enum EntryKind
{
    Other = 0,
    File = 1,
    Directory = 2,
    Link = 3,

    /// <summary>Only of a listed name: the file system did not tell.</summary>
    Unknown = 4,
}

/// <summary><c>struct inotify_event</c> without its name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WatchRecord
{
    public int Watch;
    public WatchFlags Flags;
    public uint Cookie;
    public int NameBytes;
}

[Flags]
internal enum WatchFlags : uint
{
    Modified = 0x2,
    Attributes = 0x4,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Created = 0x100,
    Deleted = 0x200,
    SelfDeleted = 0x400,
    SelfMoved = 0x800,
    Overflow = 0x4000,
    Ignored = 0x8000,
    Directory = 0x40000000,
}

/// <summary>The error numbers that mean something to the agent; the same on every Linux architecture.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int NoDevice = 6;
    public const int ArgumentsTooLong = 7;
    public const int NotExecutable = 8;
    public const int NoChild = 10;
    public const int Again = 11;
    public const int Denied = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int OtherDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int BrokenPipe = 32;
    public const int NameTooLong = 36;
    public const int NotEmpty = 39;
    public const int LinkLoop = 40;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    public static string Describe(int errno) => errno switch
    {
        NotPermitted => "operation not permitted",
        NoEntry => "no such file or folder",
        ArgumentsTooLong => "arguments and environment are too long",
        NotExecutable => "not a program",
        Again => "no process could be made",
        12 => "out of memory",
        Denied => "permission denied",
        NoDevice => "a socket or a device",
        Busy => "in use",
        Exists => "exists already",
        OtherDevice => "the two places are on different file systems",
        Invalid => "not possible here",
        ReadOnly => "read-only",
        NotEmpty => "the folder is not empty",
        NotDirectory => "not a folder",
        IsDirectory => "a folder",
        NoSpace or QuotaExceeded => "no space left",
        NameTooLong => "name too long",
        LinkLoop => "a symbolic link",
        NotSupported => "made up by the kernel",
        _ => $"error {errno}",
    };
}
