using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sandbox.Cli.Server;

/// <summary>Whose a file or folder is.</summary>
internal static partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint OwnerMask = 0x8;
    private const int StatusBytes = 256;
    private const int OwnerOffset = 20;

    /// <summary>Whether only this user, or root, can have made it. False where that is not known.</summary>
    public static bool IsTrusted(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        return OperatingSystem.IsLinux()
            && Read(CurrentFolder, path, 0, OwnerMask, status) == 0
            && IsTrusted(BinaryPrimitives.ReadUInt32LittleEndian(status[OwnerOffset..]), Me());
    }

    /// <summary>Whether what an owner made is trusted by a user.</summary>
    public static bool IsTrusted(uint owner, uint user) => owner == user || owner == 0;

    // statx, as its structure is the same on every architecture.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Read(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint Me();
}
