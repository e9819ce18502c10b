using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Cli.Terminal;

/// <summary>
/// The terminal that this process runs on, handed through as it is: no echo, no lines, no signals from keys. As it was
/// again when disposed of, also in the middle of a failure. Written without the framework's console, which would read along.
/// </summary>
internal sealed partial class RawTerminal : IDisposable
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Drained = 1;

    // Linux' struct termios of 60 bytes, and room for one that is larger.
    private const int SettingsBytes = 128;
    private const nuint WindowSize = 0x5413;

    private readonly byte[] _before;
    private bool _restored;

    private RawTerminal(byte[] before)
    {
        _before = before;
        Keys = new FileStream(new SafeFileHandle(Input, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    }

    /// <summary>What is typed, as it is typed. The framework's own stream would wait for whole lines, and echo them.</summary>
    public Stream Keys { get; }

    /// <summary>Switches to raw mode; null where standard input is no terminal.</summary>
    public static RawTerminal? Enter()
    {
        var before = new byte[SettingsBytes];
        if (IsTerminal(Input) != 1 || GetSettings(Input, before) != 0)
            return null;
        var raw = (byte[])before.Clone();
        MakeRaw(raw);
        var terminal = new RawTerminal(before);
        if (SetSettings(Input, Drained, raw) == 0)
            return terminal;
        terminal.Dispose();
        return null;
    }

    /// <summary>Columns and rows of the terminal; null where there is none.</summary>
    public static (int Columns, int Rows)? Size()
    {
        Span<ushort> size = stackalloc ushort[4];
        foreach (var descriptor in (ReadOnlySpan<int>)[Output, Input])
        {
            if (GetSize(descriptor, WindowSize, size) == 0 && size[0] > 0 && size[1] > 0)
                return (size[1], size[0]);
        }

        return null;
    }

    public void Dispose()
    {
        if (_restored)
            return;
        _restored = true;
        _ = SetSettings(Input, Drained, _before);
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetSettings(int descriptor, [Out] byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetSettings(int descriptor, int when, byte[] settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte[] settings);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int GetSize(int descriptor, nuint request, Span<ushort> size);
}
