using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Sandbox.Runtime.Tests.Templates;

/// <summary>A tar archive written block by block, so that it can say what no honest tool would.</summary>
internal sealed class TarBytes
{
    public const char Plain = '0';
    public const char HardLink = '1';
    public const char Link = '2';
    public const char Dir = '5';
    public const char Pax = 'x';

    private const int Block = 512;

    private readonly MemoryStream _bytes = new();

    public TarBytes Add(char type, string name, string content = "", string target = "", int mode = 0x1ED) =>
        Add(type, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(content), Encoding.UTF8.GetBytes(target), mode);

    /// <param name="type">Type flag.</param>
    /// <param name="name">Name, at most 100 bytes.</param>
    /// <param name="content">What follows the header.</param>
    /// <param name="target">Target of a link.</param>
    /// <param name="mode">Mode bits.</param>
    /// <param name="claimed">Size in the header; that of the content where null.</param>
    public TarBytes Add(char type, byte[] name, byte[] content, byte[] target, int mode, long? claimed = null)
    {
        var header = new byte[Block];
        name.AsSpan(0, Math.Min(name.Length, 100)).CopyTo(header);
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Size(header, claimed ?? content.Length);
        Octal(header, 136, 12, 1_700_000_000);
        header[156] = (byte)type;
        target.AsSpan(0, Math.Min(target.Length, 100)).CopyTo(header.AsSpan(157));
        "ustar\00000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 7, header.Sum(value => value));
        _bytes.Write(header);
        _bytes.Write(content);
        _bytes.Write(new byte[(Block - (content.Length % Block)) % Block]);
        return this;
    }

    /// <summary>An entry whose attributes are said in the PAX manner.</summary>
    public TarBytes AddPax(char type, string name, (string Key, string Value)[] attributes, string content = "", string target = "") =>
        Add(Pax, "PaxHeaders/x", string.Concat(attributes.Select(attribute => Record(attribute.Key, attribute.Value)))).Add(type, name, content, target);

    /// <summary>What a root file system must have.</summary>
    public TarBytes AddShell() => Add(Dir, "bin/").Add(Plain, "bin/sh", "#!");

    public byte[] ToArray()
    {
        var whole = new byte[_bytes.Length + (2 * Block)];
        _bytes.ToArray().CopyTo(whole, 0);
        return whole;
    }

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static string Record(string key, string value)
    {
        var rest = $" {key}={value}\n";
        var length = Encoding.UTF8.GetByteCount(rest);
        var digits = length + length.ToString(CultureInfo.InvariantCulture).Length;
        digits = length + digits.ToString(CultureInfo.InvariantCulture).Length;
        return digits.ToString(CultureInfo.InvariantCulture) + rest;
    }

    // What needs more than 11 octal digits is written in binary, as GNU tar does.
    private static void Size(byte[] header, long size)
    {
        if (size < 1L << 33)
        {
            Octal(header, 124, 12, size);
            return;
        }

        header[124] = 0x80;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), size);
    }

    private static void Octal(byte[] header, int offset, int length, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0')).CopyTo(header, offset);
}
