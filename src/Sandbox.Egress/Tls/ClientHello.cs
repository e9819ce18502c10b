using System.Buffers.Binary;
using System.Text;

namespace Sandbox.Egress.Tls;

/// <summary>
/// What a connection begins with: TLS with the name of a server, or something else. Where TLS hides the name (ECH), this is
/// the outer name: it is the one that the server at the other end is asked for in clear.
/// </summary>
/// <param name="State">What is known from the bytes so far.</param>
/// <param name="ServerName">The name as the client wrote it; null if it names none.</param>
internal readonly record struct ClientHello(ClientHelloState State, string? ServerName)
{
    /// <summary>The most bytes that a first message may have, records and all; beyond it is malformed.</summary>
    public const int MaxBytes = 32 * 1024;

    private const byte HandshakeRecord = 22;
    private const int RecordHeader = 5;

    /// <summary>Reads the first bytes of a connection, which may be any part of the message, in any number of records.</summary>
    public static ClientHello Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return new ClientHello(ClientHelloState.Incomplete, null);
        if (bytes[0] != HandshakeRecord || (bytes.Length > 1 && bytes[1] != 3))
            return new ClientHello(ClientHelloState.NotTls, null);
        try
        {
            // Cut off exactly at the end of the message: what the parser then misses is broken, not late.
            if (Message(bytes) is { } message)
                return new ClientHello(ClientHelloState.Complete, ServerNameOf(message));
            return new ClientHello(bytes.Length < MaxBytes ? ClientHelloState.Incomplete : ClientHelloState.Malformed, null);
        }
        catch (FormatException)
        {
            return new ClientHello(ClientHelloState.Malformed, null);
        }
    }

    /// <summary>The handshake message, put together from its records; null while it is not all there.</summary>
    private static byte[]? Message(ReadOnlySpan<byte> bytes)
    {
        var message = new List<byte>();
        while (bytes.Length >= RecordHeader)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (bytes[0] != HandshakeRecord || bytes[1] != 3 || length is 0 or > 16 * 1024)
                throw new FormatException();
            message.AddRange(bytes[RecordHeader..Math.Min(bytes.Length, RecordHeader + length)]);
            if (message.Count > 0 && message[0] != 1)
                throw new FormatException();
            if (message.Count >= 4)
            {
                var size = (message[1] << 16) | (message[2] << 8) | message[3];
                if (size > MaxBytes)
                    throw new FormatException();
                if (message.Count >= 4 + size)
                    return [.. message[4..(4 + size)]];
            }
            bytes = bytes[Math.Min(bytes.Length, RecordHeader + length)..];
        }
        return null;
    }

    private static string? ServerNameOf(ReadOnlySpan<byte> hello)
    {
        Take(ref hello, 2 + 32); // version, random
        Take(ref hello, Take(ref hello, 1)[0]); // session
        Take(ref hello, Length(ref hello)); // cipher suites
        Take(ref hello, Take(ref hello, 1)[0]); // compression
        if (hello.IsEmpty)
            return null;
        var extensions = Take(ref hello, Length(ref hello));
        if (!hello.IsEmpty)
            throw new FormatException();
        string? name = null;
        while (!extensions.IsEmpty)
        {
            var type = Length(ref extensions);
            var body = Take(ref extensions, Length(ref extensions));
            if (type != 0)
                continue;
            // Twice the extension: two readers may take another one each.
            if (name is not null)
                throw new FormatException();
            name = HostName(body);
        }
        return name;
    }

    private static string HostName(ReadOnlySpan<byte> body)
    {
        var names = Take(ref body, Length(ref body));
        var type = Take(ref names, 1)[0];
        var name = Take(ref names, Length(ref names));
        if (type != 0 || !names.IsEmpty || !body.IsEmpty || name.IsEmpty || name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
            throw new FormatException();
        return Encoding.ASCII.GetString(name);
    }

    private static int Length(ref ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
            throw new FormatException();
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
