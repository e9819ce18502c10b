using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sandbox.Api.Http;

/// <summary>
/// Hash of what a request says, whatever way it is written: the order of members, white space, escapes, the notation
/// of numbers and members that are null do not count. Defaults are not part of it, so that a repetition is recognised
/// by a server whose defaults have changed.
/// </summary>
internal static class RequestFingerprint
{
    public static string Compute(JsonElement root)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, root);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(hash, element);
                break;
            case JsonValueKind.Array:
                AppendHead(hash, 'a', element.GetArrayLength());
                foreach (var item in element.EnumerateArray())
                    Append(hash, item);
                break;
            case JsonValueKind.String:
                AppendString(hash, element);
                break;
            case JsonValueKind.Number:
                AppendHead(hash, 'n', BitConverter.DoubleToInt64Bits(element.GetDouble()));
                break;
            default:
                AppendHead(hash, 'v', (int)element.ValueKind);
                break;
        }
    }

    private static void AppendObject(IncrementalHash hash, JsonElement element)
    {
        var members = element.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null).ToArray();
        Array.Sort(members, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        AppendHead(hash, 'o', members.Length);
        foreach (var member in members)
        {
            AppendText(hash, Encoding.UTF8.GetBytes(member.Name));
            Append(hash, member.Value);
        }
    }

    private static void AppendString(IncrementalHash hash, JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element)[1..^1];
        // Without escapes the raw text is the value; large files are hashed where they lie.
        AppendText(hash, raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(element.GetString()!) : raw);
    }

    private static void AppendText(IncrementalHash hash, ReadOnlySpan<byte> text)
    {
        AppendHead(hash, 's', text.Length);
        hash.AppendData(text);
    }

    // Every part begins with its kind and its length, so that no two documents make the same bytes.
    private static void AppendHead(IncrementalHash hash, char kind, long value)
    {
        Span<byte> head = stackalloc byte[9];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], value);
        hash.AppendData(head);
    }
}
