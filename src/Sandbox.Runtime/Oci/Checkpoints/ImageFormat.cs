using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// An image as one stream: a mark, the header's length (4 bytes, big endian), the header, the files, and the SHA-256 of all
/// of that. The hash finds what was damaged on the way; against who means harm the stores encrypt and authenticate.
/// </summary>
internal static class ImageFormat
{
    private static readonly byte[] Mark = "SBXIMG1\n"u8.ToArray();

    public static int PrefixBytes => Mark.Length + sizeof(int);

    public static byte[] Prefix(ImageHeader header)
    {
        var json = header.ToJson();
        var prefix = new byte[PrefixBytes + json.Length];
        Mark.CopyTo(prefix, 0);
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(Mark.Length), json.Length);
        json.CopyTo(prefix, PrefixBytes);
        return prefix;
    }

    /// <summary>Length of the whole stream.</summary>
    /// <param name="headerBytes">Length of the header.</param>
    /// <param name="files">The files.</param>
    public static long Length(int headerBytes, IEnumerable<ImageFile> files) =>
        PrefixBytes + headerBytes + files.Sum(file => file.Length) + SHA256.HashSizeInBytes;

    /// <summary>Length of the header that follows on the first bytes.</summary>
    /// <exception cref="SandboxImageException">This is no image.</exception>
    public static int HeaderLength(ReadOnlySpan<byte> start)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(start[Mark.Length..]);
        if (!start.StartsWith(Mark) || length is <= 0 or > ImageHeader.MostBytes)
            throw new SandboxImageException("What was received is no image of a sandbox.");
        return length;
    }
}
