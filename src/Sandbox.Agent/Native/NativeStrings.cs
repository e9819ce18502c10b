using System.Runtime.InteropServices;
using System.Text;

namespace Sandbox.Agent.Native;

/// <summary>Zero-terminated strings that live until they are disposed of together.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<nint> blocks = [];

    public byte* Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        byte* block = (byte*)Allocate((nuint)length + 1);
        Encoding.UTF8.GetBytes(value, new Span<byte>(block, length));
        block[length] = 0;
        return block;
    }

    /// <summary>An array of strings that ends with a null pointer.</summary>
    public byte** Array(IReadOnlyList<string> values)
    {
        byte** block = (byte**)Allocate((nuint)(values.Count + 1) * (nuint)sizeof(byte*));
        for (int i = 0; i < values.Count; i++)
            block[i] = Text(values[i]);
        block[values.Count] = null;
        return block;
    }

    public void Dispose()
    {
        foreach (nint block in blocks)
            NativeMemory.Free((void*)block);
        blocks.Clear();
    }

    private void* Allocate(nuint bytes)
    {
        void* block = NativeMemory.Alloc(bytes);
        blocks.Add((nint)block);
        return block;
    }
}
