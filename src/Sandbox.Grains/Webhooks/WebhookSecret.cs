using System.Security.Cryptography;

namespace Sandbox.Grains.Webhooks;

/// <summary>Secrets as the Standard Webhooks specification writes them: a prefix and base64.</summary>
internal static class WebhookSecret
{
    public const string Rule = "Must be whsec_ and base64 of 24 to 64 bytes.";

    private const string Prefix = "whsec_";
    private const int NewBytes = 32;
    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    public static byte[] New() => RandomNumberGenerator.GetBytes(NewBytes);

    public static string Write(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The bytes; null where the text is no secret.</summary>
    public static byte[]? Read(string text)
    {
        var bytes = new byte[MostBytes];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var count)
            && count >= LeastBytes ? bytes[..count] : null;
    }
}
