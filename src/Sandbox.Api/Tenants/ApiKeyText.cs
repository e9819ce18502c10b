using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Api.Tenants;

/// <summary>An API key as text: <c>e2b_</c> and 40 hexadecimal digits, 160 random bits; the shape that E2B's clients accept.</summary>
internal static class ApiKeyText
{
    private const string Prefix = "e2b_";
    private const int Digits = 40;
    private const int ShownDigits = 4;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    public static string New() => Prefix + RandomNumberGenerator.GetHexString(Digits, lowercase: true);

    public static bool IsOne(string text) =>
        text.Length == Prefix.Length + Digits && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Hexadecimal);

    /// <summary>What is stored in the place of a key. It needs no salt: 160 random bits are in no list.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static string LastDigits(string key) => key[^ShownDigits..];
}
