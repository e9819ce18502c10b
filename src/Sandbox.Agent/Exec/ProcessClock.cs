using System.Buffers.Text;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Exec;

/// <summary>The clock that <see cref="ProcessInfo.Started"/> is told in.</summary>
internal static unsafe class ProcessClock
{
    /// <summary>Hundredths of a second since the machine started; 0 where they cannot be read.</summary>
    public static long Now()
    {
        int fd = Libc.OpenFile(Libc.CurrentFolder, "/proc/uptime");
        if (fd < 0)
            return 0;
        const int capacity = 64;
        byte* buffer = stackalloc byte[capacity];
        int length = Libc.Read(fd, buffer, capacity);
        _ = Libc.Close(fd);
        return length > 0 && Utf8Parser.TryParse(new ReadOnlySpan<byte>(buffer, length), out double seconds, out _) ? (long)(seconds * 100) : 0;
    }
}
