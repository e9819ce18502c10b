using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>
/// Identity of a job and key of its grain: <c>job_</c> and 26 characters of Crockford base 32 in lower case (130 bits).
/// </summary>
public readonly record struct JobId
{
    /// <summary>Type prefix of every job id.</summary>
    public const string Prefix = "job_";

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Characters = 26;

    private readonly string? _value;

    private JobId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static JobId New() => FromBytes(RandomNumberGenerator.GetBytes(Characters));

    /// <summary>
    /// The id that an idempotency key stands for: equal keys of one tenant reach one grain, which therefore runs once.
    /// </summary>
    public static JobId FromIdempotencyKey(string tenantId, string key)
    {
        // A length prefix keeps ("a", "bc") and ("ab", "c") apart.
        var material = Encoding.UTF8.GetBytes($"{tenantId.Length}:{tenantId}:job:{key}");
        return FromBytes(SHA256.HashData(material));
    }

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        id = default;
        if (text is null || text.Length != Prefix.Length + Characters || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        if (text.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet))
            return false;
        id = new JobId(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;

    private static JobId FromBytes(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[Characters];
        for (var i = 0; i < Characters; i++)
            text[i] = Alphabet[bytes[i] & 31];
        return new JobId(string.Concat(Prefix, text));
    }
}
