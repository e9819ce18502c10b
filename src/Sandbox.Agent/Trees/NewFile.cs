using Sandbox.Agent.Files;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Trees;

/// <summary>A file that is being made, with its holes left out. Runs on the file thread.</summary>
internal sealed unsafe class NewFile(int descriptor, TarEntry entry) : IDisposable
{
    private int part;
    private long done;

    public TarEntry Entry => entry;

    public int Descriptor => descriptor;

    /// <summary>Where the bytes that come belong, in order.</summary>
    public IReadOnlyList<(long Offset, long Length)> Data { get; set; } = [];

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            (long offset, long length) = Data[part];
            int count = (int)Math.Min(bytes.Length, length - done);
            if (count == 0)
            {
                (part, done) = (part + 1, 0);
                continue;
            }

            fixed (byte* source = bytes)
                count = FileErrors.Checked(Libc.WriteAt(descriptor, source, count, offset + done), "a file");
            done += count;
            bytes = bytes[count..];
        }
    }

    public void Dispose() => _ = Libc.Close(descriptor);
}
