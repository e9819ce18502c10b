using System.Security.Cryptography;

namespace Sandbox.Packages.Cache;

/// <summary>The hash that a file's content must have: the file's only name in the cache.</summary>
internal readonly record struct ContentHash
{
    private ContentHash(HashAlgorithmName algorithm, string hex) => (Algorithm, Hex) = (algorithm, hex);

    /// <summary>SHA-256 or SHA-512.</summary>
    public HashAlgorithmName Algorithm { get; }

    /// <summary>The hash, in lower case.</summary>
    public string Hex { get; }

    /// <summary>Reads a SHA-256 in hexadecimal digits.</summary>
    public static ContentHash? Sha256(string? hex) =>
        hex is { Length: SHA256.HashSizeInBytes * 2 } && hex.All(char.IsAsciiHexDigit) ? new(HashAlgorithmName.SHA256, hex.ToLowerInvariant()) : null;

    /// <summary>Reads the SHA-512 among the hashes of a subresource integrity text, as npm writes it.</summary>
    public static ContentHash? Integrity(string? text)
    {
        const string prefix = "sha512-";
        var hash = new byte[SHA512.HashSizeInBytes];
        foreach (var part in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith(prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(part[prefix.Length..], hash, out var length) && length == hash.Length)
                return new(HashAlgorithmName.SHA512, Convert.ToHexStringLower(hash));
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm.Name}:{Hex}";
}
