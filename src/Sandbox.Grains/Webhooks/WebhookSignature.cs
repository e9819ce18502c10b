using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Grains.Webhooks;

/// <summary>Signatures of the Standard Webhooks specification: HMAC-SHA256 over id, time and body, one for each secret that is good.</summary>
internal static class WebhookSignature
{
    /// <summary>The header, such as <c>v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=</c>.</summary>
    public static string Of(string id, DateTimeOffset at, ReadOnlySpan<byte> body, IEnumerable<ReadOnlyMemory<byte>> secrets)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{Timestamp(at)}."), .. body];
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret.Span, signed))));
    }

    /// <summary>Seconds since 1970.</summary>
    public static string Timestamp(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
