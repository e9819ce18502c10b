using System.Runtime.InteropServices;

namespace Sandbox.Agent.Native;

/// <summary>The agent's C part (native.h). Results below zero are negated error numbers.</summary>
internal static unsafe partial class Libc
{
    public const int CurrentFolder = -100;

    private const string Library = "sandbox_native";

    [LibraryImport(Library, EntryPoint = "sbx_init")]
    public static partial int Init();

    [LibraryImport(Library, EntryPoint = "sbx_take_env", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int TakeEnv(string name, byte* value, int capacity);

    [LibraryImport(Library, EntryPoint = "sbx_spawn")]
    public static partial int Spawn(SpawnRequest* request, int* stage);

    [LibraryImport(Library, EntryPoint = "sbx_wait")]
    public static partial int Wait(int* outcome);

    [LibraryImport(Library, EntryPoint = "sbx_kill")]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "sbx_exit")]
    public static partial int Exit(int code);

    [LibraryImport(Library, EntryPoint = "sbx_eventfd")]
    public static partial int EventFd();

    [LibraryImport(Library, EntryPoint = "sbx_pipe")]
    public static partial int Pipe(int* agent, int* program, int agentReads);

    [LibraryImport(Library, EntryPoint = "sbx_socketpair")]
    public static partial int SocketPair(int* agent, int* program);

    [LibraryImport(Library, EntryPoint = "sbx_terminal_open")]
    public static partial int OpenTerminal(int* agent, int* program, uint uid, uint gid);

    [LibraryImport(Library, EntryPoint = "sbx_terminal_resize")]
    public static partial int ResizeTerminal(int fd, int columns, int rows);

    [LibraryImport(Library, EntryPoint = "sbx_shutdown_write")]
    public static partial int ShutdownWrite(int fd);

    [LibraryImport(Library, EntryPoint = "sbx_poll")]
    public static partial int Poll(PollSource* sources, int count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sbx_read")]
    public static partial int Read(int fd, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "sbx_available")]
    public static partial int Available(int fd);

    [LibraryImport(Library, EntryPoint = "sbx_write")]
    public static partial int Write(int fd, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "sbx_close")]
    public static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "sbx_disk_full", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DiskFull(string path);

    [LibraryImport(Library, EntryPoint = "sbx_trim_memory")]
    public static partial int TrimMemory();

    [LibraryImport(Library, EntryPoint = "sbx_act_as")]
    public static partial int ActAs(uint uid, uint gid);

    [LibraryImport(Library, EntryPoint = "sbx_open_directory", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenDirectory(int folder, string name, int follow);

    [LibraryImport(Library, EntryPoint = "sbx_open_directory")]
    public static partial int OpenDirectory(int folder, byte* name, int follow);

    [LibraryImport(Library, EntryPoint = "sbx_open_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenFile(int folder, string name);

    [LibraryImport(Library, EntryPoint = "sbx_create_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateFile(int folder, string name);

    [LibraryImport(Library, EntryPoint = "sbx_open_file")]
    public static partial int OpenFile(int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_create_file")]
    public static partial int CreateFile(int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_make_directory")]
    public static partial int MakeDirectory(int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_write_at")]
    public static partial int WriteAt(int fd, byte* buffer, int length, long offset);

    [LibraryImport(Library, EntryPoint = "sbx_truncate")]
    public static partial int Truncate(int fd, long size);

    [LibraryImport(Library, EntryPoint = "sbx_next_data")]
    public static partial long NextData(int fd, long offset);

    [LibraryImport(Library, EntryPoint = "sbx_next_hole")]
    public static partial long NextHole(int fd, long offset);

    [LibraryImport(Library, EntryPoint = "sbx_symlink")]
    public static partial int Symlink(byte* target, int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_link")]
    public static partial int Link(int fromFolder, byte* from, int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_set_all_mode_bits")]
    public static partial int SetAllModeBits(int fd, int mode);

    [LibraryImport(Library, EntryPoint = "sbx_set_modified")]
    public static partial int SetModified(int folder, byte* name, long nanoseconds);

    [LibraryImport(Library, EntryPoint = "sbx_make_directory", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(int folder, string name);

    [LibraryImport(Library, EntryPoint = "sbx_set_mode")]
    public static partial int SetMode(int fd, int mode);

    [LibraryImport(Library, EntryPoint = "sbx_rename", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(int fromFolder, string from, int toFolder, string to, int overwrite);

    [LibraryImport(Library, EntryPoint = "sbx_unlink", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(int folder, string name);

    [LibraryImport(Library, EntryPoint = "sbx_unlink")]
    public static partial int Unlink(int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_remove_directory")]
    public static partial int RemoveDirectory(int folder, byte* name);

    [LibraryImport(Library, EntryPoint = "sbx_read_link")]
    public static partial int ReadLink(int folder, byte* name, byte* target, int capacity);

    [LibraryImport(Library, EntryPoint = "sbx_read_at")]
    public static partial int ReadAt(int fd, byte* buffer, int length, long offset);

    [LibraryImport(Library, EntryPoint = "sbx_describe")]
    public static partial int Describe(int fd, Entry* entry);

    [LibraryImport(Library, EntryPoint = "sbx_describe_at")]
    public static partial int DescribeAt(int folder, byte* name, Entry* entry);

    [LibraryImport(Library, EntryPoint = "sbx_list_open")]
    public static partial nint ListOpen(int fd);

    [LibraryImport(Library, EntryPoint = "sbx_list_next")]
    public static partial int ListNext(nint list, byte* name, int capacity, EntryKind* kind);

    public static int ListNext(nint list, byte* name, int capacity)
    {
        EntryKind kind;
        return ListNext(list, name, capacity, &kind);
    }

    [LibraryImport(Library, EntryPoint = "sbx_watch_open")]
    public static partial int WatchOpen();

    [LibraryImport(Library, EntryPoint = "sbx_watch_add")]
    public static partial int WatchAdd(int watch, int folder);

    [LibraryImport(Library, EntryPoint = "sbx_watch_remove")]
    public static partial int WatchRemove(int watch, int added);

    [LibraryImport(Library, EntryPoint = "sbx_list_descriptor")]
    public static partial int ListDescriptor(nint list);

    [LibraryImport(Library, EntryPoint = "sbx_list_close")]
    public static partial int ListClose(nint list);
}
