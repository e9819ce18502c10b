using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Sandbox.Api.Http;

namespace Sandbox.Api.Artifacts.Requests;

/// <summary>The header of RFC 9530 by which a sender says what the content is. Of its algorithms SHA-256 counts; others are not checked.</summary>
internal static class ContentDigest
{
    public const string Header = "Content-Digest";

    private const string Algorithm = "sha-256=";

    /// <summary>The SHA-256 in lower-case hexadecimal; null where the header has none, or a wrong one that is noted as such.</summary>
    public static string? Read(StringValues values, RequestErrors errors)
    {
        var members = values.SelectMany(static value => (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        // Of a key that is given twice the last one counts, as everywhere in structured fields.
        if (members.LastOrDefault(static member => member.StartsWith(Algorithm, StringComparison.Ordinal)) is not { } digest)
            return null;
        if (Decode(digest[Algorithm.Length..]) is { } hash)
            return Convert.ToHexStringLower(hash);
        errors.Add(Header, "Must be sha-256=:…: with the 32 bytes in base64.");
        return null;
    }

    /// <summary>The same for an answer.</summary>
    public static string Write(string sha256) => $"{Algorithm}:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";

    private static byte[]? Decode(string text)
    {
        if (text is not [':', .. var base64, ':'])
            return null;
        var hash = new byte[SHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(base64, hash, out var length) && length == hash.Length && !base64.Any(char.IsWhiteSpace) ? hash : null;
    }
}
