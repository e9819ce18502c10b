namespace Sandbox.Agent.Trees;

/// <summary>One file, folder or link of a tree, with names as the bytes that they are.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Path relative to the root of the tree.</param>
/// <param name="Target">Of a link, where it leads; of a further name of a file, the path of the first one.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Size">Size of a file, holes included.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
internal sealed record TarEntry(TarKind Kind, byte[] Path, byte[] Target, int Mode, long Size, long Modified);

/// <summary>Type flags of a tar header.</summary>
internal enum TarKind : byte
{
    File = (byte)'0',
    HardLink = (byte)'1',
    SymbolicLink = (byte)'2',
    Directory = (byte)'5',
    Attributes = (byte)'x',
}
