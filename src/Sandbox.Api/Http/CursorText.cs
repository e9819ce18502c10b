using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Api.Http;

/// <summary>
/// A cursor as text for clients: opaque, base64url. The check sum finds what was typed or cut by mistake; a made-up
/// cursor harms nobody, because every list is bounded by the tenant.
/// </summary>
internal static class CursorText
{
    private const byte Version = 1;
    private const int CheckBytes = 4;
    private const int HeadBytes = 1 + sizeof(long);

    // Room for the longest name by which anything is listed.
    private const int MaxLength = 256;

    /// <summary>The text for a place in a list: a time and an id.</summary>
    public static string Write(DateTimeOffset createdAt, string resourceId)
    {
        var id = Encoding.ASCII.GetBytes(resourceId);
        var bytes = new byte[HeadBytes + id.Length + CheckBytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), createdAt.UtcTicks);
        id.CopyTo(bytes, HeadBytes);
        Check(bytes.AsSpan(0, bytes.Length - CheckBytes)).CopyTo(bytes.AsSpan(bytes.Length - CheckBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The place; null when the text is no cursor.</summary>
    public static (DateTimeOffset CreatedAt, string Id)? Read(string text)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        // Decoding ignores the last bits; only the text that we wrote is a cursor.
        if (bytes.Length < HeadBytes + CheckBytes || bytes[0] != Version || Base64Url.EncodeToString(bytes) != text)
            return null;
        var body = bytes.AsSpan(0, bytes.Length - CheckBytes);
        if (!Check(body).SequenceEqual(bytes.AsSpan(body.Length)))
            return null;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(body[1..]);
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            return null;
        return (new DateTimeOffset(ticks, TimeSpan.Zero), Encoding.ASCII.GetString(body[HeadBytes..]));
    }

    private static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> body) => SHA256.HashData(body).AsSpan(0, CheckBytes);
}
