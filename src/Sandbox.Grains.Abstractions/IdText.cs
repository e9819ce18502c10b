using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Grains.Abstractions;

/// <summary>
/// The text that every id has: a type prefix and 26 characters of Crockford base 32 in lower case (130 bits).
/// </summary>
internal static class IdText
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Characters = 26;

    /// <summary>A random id.</summary>
    public static string New(string prefix) => FromBytes(prefix, RandomNumberGenerator.GetBytes(Characters));

    /// <summary>The id that an idempotency key stands for: equal keys of one tenant and one kind of resource reach one grain.</summary>
    public static string FromIdempotencyKey(string prefix, string tenantId, string kind, string key)
    {
        // A length prefix keeps ("a", "bc") and ("ab", "c") apart.
        var material = Encoding.UTF8.GetBytes($"{tenantId.Length}:{tenantId}:{kind}:{key}");
        return FromBytes(prefix, SHA256.HashData(material));
    }

    /// <summary>Whether a text can be an id with this prefix.</summary>
    public static bool IsValid(string prefix, [NotNullWhen(true)] string? text) =>
        text is not null
        && text.Length == prefix.Length + Characters
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && !text.AsSpan(prefix.Length).ContainsAnyExcept(Alphabet);

    private static string FromBytes(string prefix, ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[Characters];
        for (var i = 0; i < Characters; i++)
            text[i] = Alphabet[bytes[i] & 31];
        return string.Concat(prefix, text);
    }
}
