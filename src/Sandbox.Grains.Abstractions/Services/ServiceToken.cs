using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>A token of a service, without what it is shown as.</summary>
/// <param name="Id">Text of its <see cref="ServiceTokenId"/>.</param>
/// <param name="AgentId">Who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it opens nothing; not later than the service's own end.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.token")]
public sealed record ServiceToken(
    [property: Id(0)] string Id, [property: Id(1)] string AgentId, [property: Id(2)] DateTimeOffset CreatedAt, [property: Id(3)] DateTimeOffset ExpiresAt);

/// <summary>A token that was made just now.</summary>
/// <param name="Token">The token.</param>
/// <param name="Text">What its holder shows; told this once.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.new_token")]
public sealed record NewServiceToken([property: Id(0)] ServiceToken Token, [property: Id(1)] string Text);

/// <summary>The tokens of a service.</summary>
/// <param name="Items">Those that open it, oldest first.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.tokens")]
public sealed record ServiceTokens([property: Id(0)] IReadOnlyList<ServiceToken> Items);

/// <summary>Whose token somebody has shown.</summary>
/// <param name="TenantId">Tenant of the service.</param>
/// <param name="AgentId">Who made the token.</param>
/// <param name="TokenId">The token.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.token_holder")]
public sealed record ServiceTokenHolder(
    [property: Id(0)] string TenantId, [property: Id(1)] string AgentId, [property: Id(2)] string TokenId, [property: Id(3)] DateTimeOffset ExpiresAt)
{
    /// <summary>The role of whoever shows a token: it opens one service, and no other route.</summary>
    public const string Role = "service_token";
}

/// <summary>What tokens look like.</summary>
public static class ServiceTokenText
{
    private const string Prefix = "svt_";
    private const int RandomBytes = 32;
    private const int Length = 47;

    /// <summary>A random token (256 bits).</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether a text has the shape of one.</summary>
    public static bool IsToken(string text) => text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What is stored of one: SHA-256 in hexadecimal. It is random enough to need no salt.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
