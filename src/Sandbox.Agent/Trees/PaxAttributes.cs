using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Sandbox.Agent.Trees;

/// <summary>
/// The attributes of an entry that its header has no room for, as POSIX writes them: lines of length, name, "=", value. Paths
/// are bytes; a stream says so where they are not UTF-8.
/// </summary>
internal sealed class PaxAttributes
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Most bytes of one entry's attributes: a path as deep as one can be, as long a target, and more.</summary>
    public const int MostBytes = 1 << 19;

    private readonly MemoryStream lines = new();

    public byte[]? Path { get; private set; }

    public byte[]? Target { get; private set; }

    public long? Size { get; private set; }

    public long? Modified { get; private set; }

    /// <summary>Whether the file comes as a map of its data and the data.</summary>
    public bool IsSparse { get; private set; }

    public long? RealSize { get; private set; }

    /// <summary>The attributes of an entry, and of a file with holes those of its map.</summary>
    public static byte[] Write(TarEntry entry, long bytesThatFollow, bool sparse)
    {
        var attributes = new PaxAttributes();
        if (!Utf8.IsValid(entry.Path) || !Utf8.IsValid(entry.Target))
            attributes.Add("hdrcharset", "BINARY"u8);
        if (sparse)
        {
            attributes.Add("GNU.sparse.major", "1"u8);
            attributes.Add("GNU.sparse.minor", "0"u8);
            attributes.Add("GNU.sparse.name", entry.Path);
            attributes.Add("GNU.sparse.realsize", Number(entry.Size));
        }
        else if (!TarHeader.Fits(entry.Path))
        {
            attributes.Add("path", entry.Path);
        }

        if (!TarHeader.Fits(entry.Target))
            attributes.Add("linkpath", entry.Target);
        if (!TarHeader.Fits(bytesThatFollow))
            attributes.Add("size", Number(bytesThatFollow));
        if (entry.Modified < 0 || entry.Modified % NanosecondsPerSecond != 0)
            attributes.Add("mtime", Time(entry.Modified));
        return attributes.lines.ToArray();
    }

    public static PaxAttributes Read(ReadOnlySpan<byte> text)
    {
        var attributes = new PaxAttributes();
        while (!text.IsEmpty)
        {
            int space = text.IndexOf((byte)' ');
            if (space < 1 || !Utf8Parser.TryParse(text[..space], out int length, out int digits) || digits != space || length <= space + 2 || length > text.Length || text[length - 1] != '\n')
                throw TarHeader.Damaged("an attribute has no end");
            ReadOnlySpan<byte> line = text[(space + 1)..(length - 1)];
            int equals = line.IndexOf((byte)'=');
            if (equals < 1)
                throw TarHeader.Damaged("an attribute has no name");
            attributes.Take(Encoding.UTF8.GetString(line[..equals]), line[(equals + 1)..]);
            text = text[length..];
        }

        return attributes;
    }

    /// <summary>The entry with what its attributes say.</summary>
    public TarEntry ApplyTo(TarEntry entry) => entry with
    {
        Path = Path ?? entry.Path,
        Target = Target ?? entry.Target,
        Size = RealSize ?? Size ?? entry.Size,
        Modified = Modified ?? entry.Modified,
    };

    private void Take(string name, ReadOnlySpan<byte> value)
    {
        switch (name)
        {
            case "path" or "GNU.sparse.name":
                Path = value.ToArray();
                break;
            case "linkpath":
                Target = value.ToArray();
                break;
            case "size":
                Size = ParseNumber(value);
                break;
            case "mtime":
                Modified = ParseTime(value);
                break;
            case "GNU.sparse.major":
                IsSparse = value is [(byte)'1'] ? true : throw TarHeader.Damaged("a map of holes is of another version");
                break;
            case "GNU.sparse.realsize":
                RealSize = ParseNumber(value);
                break;
        }
    }

    // The length counts its own digits.
    private void Add(string name, ReadOnlySpan<byte> value)
    {
        int rest = 3 + Encoding.UTF8.GetByteCount(name) + value.Length;
        int digits = 1;
        while ((rest + digits).ToString(CultureInfo.InvariantCulture).Length > digits)
            digits++;
        lines.Write(Encoding.UTF8.GetBytes($"{rest + digits} {name}="));
        lines.Write(value);
        lines.WriteByte((byte)'\n');
    }

    private static byte[] Number(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    private static byte[] Time(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(Math.Abs(nanoseconds), NanosecondsPerSecond);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(nanoseconds < 0 ? "-" : "")}{seconds}.{rest:D9}"));
    }

    private static long ParseNumber(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length && value >= 0 ? value : throw TarHeader.Damaged("a number of an attribute is none");

    private static long ParseTime(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out decimal value, out int used) && used == text.Length && Math.Abs(value) < long.MaxValue / NanosecondsPerSecond
            ? (long)(value * NanosecondsPerSecond)
            : throw TarHeader.Damaged("a time is none");
}
