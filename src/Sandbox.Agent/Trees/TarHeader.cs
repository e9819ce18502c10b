using System.Text;
using Sandbox.Protocol;

namespace Sandbox.Agent.Trees;

/// <summary>The 512 bytes in front of every entry of a tar stream (ustar). What does not fit there is in attributes before it.</summary>
internal static class TarHeader
{
    public const int BlockBytes = 512;

    private const int NameBytes = 100;
    private const int ChecksumOffset = 148;
    private const int ChecksumBytes = 8;
    private const int SizeOffset = 124;
    private const int SizeBytes = 12;
    private const int KindOffset = 156;
    private const long LargestOctal = 0x1_FFFF_FFFF;

    /// <summary>Bytes up to the next block.</summary>
    public static int PaddingOf(long length) => (int)((BlockBytes - (length % BlockBytes)) % BlockBytes);

    public static byte[] Write(TarEntry entry, long bytesThatFollow)
    {
        byte[] block = new byte[BlockBytes];
        Text(block, 0, entry.Path);
        Octal(block, 100, 8, entry.Mode);
        Octal(block, 108, 8, 0);
        Octal(block, 116, 8, 0);
        Octal(block, SizeOffset, SizeBytes, Math.Min(bytesThatFollow, LargestOctal));
        Octal(block, 136, 12, Math.Clamp(entry.Modified / PaxAttributes.NanosecondsPerSecond, 0, LargestOctal));
        block[KindOffset] = (byte)entry.Kind;
        Text(block, 157, entry.Target);
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        block.AsSpan(ChecksumOffset, ChecksumBytes).Fill((byte)' ');
        Octal(block, ChecksumOffset, 7, Sum(block));
        return block;
    }

    /// <summary>The entry and how many bytes follow; null for the block of zeros at the end.</summary>
    public static (TarEntry Entry, long BytesThatFollow)? Read(ReadOnlySpan<byte> block)
    {
        if (!block.ContainsAnyExcept((byte)0))
            return null;
        Span<byte> summed = stackalloc byte[BlockBytes];
        block.CopyTo(summed);
        summed.Slice(ChecksumOffset, ChecksumBytes).Fill((byte)' ');
        if (Number(block.Slice(ChecksumOffset, ChecksumBytes)) != Sum(summed))
            throw Damaged("the checksum of a header is wrong");
        TarKind kind = (TarKind)block[KindOffset];
        if (!Enum.IsDefined(kind))
            throw Damaged("an entry is of an unknown kind");
        long size = Number(block.Slice(SizeOffset, SizeBytes));
        var entry = new TarEntry(
            kind, UpToZero(block[..NameBytes]), UpToZero(block.Slice(157, NameBytes)), (int)Number(block.Slice(100, 8)), size,
            Number(block.Slice(136, 12)) * PaxAttributes.NanosecondsPerSecond);
        return (entry, size);
    }

    /// <summary>Whether a name stands in the header whole.</summary>
    public static bool Fits(ReadOnlySpan<byte> name) => name.Length <= NameBytes;

    /// <summary>Whether a size does.</summary>
    public static bool Fits(long size) => size <= LargestOctal;

    public static RequestException Damaged(string reason) => new(AgentErrors.Invalid, $"Not a tree: {reason}.");

    private static void Text(byte[] block, int offset, ReadOnlySpan<byte> text) => text[..Math.Min(text.Length, NameBytes)].CopyTo(block.AsSpan(offset));

    private static void Octal(byte[] block, int offset, int width, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(width - 1, '0'), block.AsSpan(offset));

    private static byte[] UpToZero(ReadOnlySpan<byte> field) => (field.IndexOf((byte)0) is >= 0 and int end ? field[..end] : field).ToArray();

    private static long Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (byte digit in field.TrimStart((byte)' '))
        {
            if (digit is 0 or (byte)' ')
                break;
            if (digit is < (byte)'0' or > (byte)'7')
                throw Damaged("a number of a header is none");
            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }

    private static long Sum(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        foreach (byte value in block)
            sum += value;
        return sum;
    }
}
