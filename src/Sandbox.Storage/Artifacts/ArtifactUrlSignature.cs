using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// HMAC-SHA256 over all that a signed URL opens, each part with its length in front, under a key that is derived from its tenant's
/// for this alone.
/// </summary>
internal static class ArtifactUrlSignature
{
    /// <summary>What the key is derived for.</summary>
    public const string Domain = "sandbox-artifact-url-1";

    public static string Sign(byte[] key, ArtifactUrlGrant grant) => Base64Url.EncodeToString(Compute(key, grant));

    /// <summary>Whether a signature is that of a grant; takes as long for a wrong one as for the right one.</summary>
    public static bool IsOf(byte[] key, ArtifactUrlGrant grant, string signature)
    {
        var expected = Encoding.ASCII.GetBytes(Sign(key, grant));
        // As text: of several ways to write the same bytes only ours is one.
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature));
    }

    private static byte[] Compute(byte[] key, ArtifactUrlGrant grant)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in new[] { Domain, grant.TenantId, grant.Artifact.ToString(), grant.Method, grant.Id.ToString() })
        {
            var text = Encoding.UTF8.GetBytes(part);
            Append(hmac, text.Length);
            hmac.AppendData(text);
        }

        Append(hmac, grant.ExpiresAt.ToUnixTimeSeconds());
        return hmac.GetHashAndReset();
    }

    private static void Append(IncrementalHash hmac, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hmac.AppendData(bytes);
    }
}
