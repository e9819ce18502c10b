using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Trees;

/// <summary>Where a file has data: between the parts are holes, which read as zeros and take up nothing.</summary>
internal static class Extents
{
    private const int NoSuchAddress = 6;

    /// <summary>Most parts; a file with more has its last ones sent with the holes between them.</summary>
    public const int Most = 2000;

    /// <summary>Most bytes of the map of one file: three numbers a part at most, and their line ends.</summary>
    public const int MostMapBytes = (Most + 2) * 2 * 21;

    /// <summary>The parts of an open file; one, the whole, where it has no holes or the file system does not tell.</summary>
    public static List<(long Offset, long Length)> Of(int file, long size, long stored)
    {
        var parts = new List<(long Offset, long Length)>();
        if (stored >= size)
        {
            parts.Add((0, size));
            return parts;
        }

        for (long position = 0; position < size;)
        {
            long data = parts.Count == Most - 2 ? position : Libc.NextData(file, position);
            if (data == -NoSuchAddress)
                break;
            if (data < 0)
                return [(0, size)];
            long hole = parts.Count == Most - 2 ? size : Libc.NextHole(file, data);
            long end = hole > data ? Math.Min(hole, size) : size;
            if (data < size)
                parts.Add((data, end - data));
            position = Math.Max(end, data + 1);
        }

        // A file that ends with a hole is told its size by a part of nothing at its end.
        if (parts.Count == 0 || parts[^1].Offset + parts[^1].Length < size)
            parts.Add((size, 0));
        return parts;
    }

    /// <summary>The map in front of the data, as GNU tar writes it: decimal lines, filled up to a block.</summary>
    public static byte[] Map(IReadOnlyList<(long Offset, long Length)> parts)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{parts.Count}\n");
        foreach ((long offset, long length) in parts)
            text.Append(CultureInfo.InvariantCulture, $"{offset}\n{length}\n");
        text.Append('\0', TarHeader.PaddingOf(text.Length));
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads a map; null where it goes on in the next block.</summary>
    public static List<(long Offset, long Length)>? Parse(ReadOnlySpan<byte> text, long size)
    {
        if (Next(ref text) is not { } count)
            return null;
        if (count > Most)
            throw TarHeader.Damaged("a file has too many holes");
        var parts = new List<(long Offset, long Length)>();
        long before = 0;
        for (long i = 0; i < count; i++)
        {
            if (Next(ref text) is not { } offset || Next(ref text) is not { } length)
                return null;
            if (offset < before || length > size - offset)
                throw TarHeader.Damaged("a map of holes makes no sense");
            parts.Add((offset, length));
            before = offset + length;
        }

        return parts;
    }

    private static long? Next(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        if (!Utf8Parser.TryParse(text[..end], out long value, out int used) || used != end || value < 0)
            throw TarHeader.Damaged("a map of holes has no numbers");
        text = text[(end + 1)..];
        return value;
    }
}
