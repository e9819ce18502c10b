using System.Buffers;

namespace Sandbox.Api.Tenants;

/// <summary>What ids of tenants and names of agents can be, wherever they come from.</summary>
internal static class CallerNames
{
    public const int LongestTenant = 64;
    public const int LongestAgent = 128;
    public const int LongestName = 128;

    private static readonly SearchValues<char> TenantCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    public static string TenantRule => $"Must be 1 to {LongestTenant} characters of a-z, 0-9, _ and -.";

    public static string AgentRule => $"Must be 1 to {LongestAgent} characters, none of them a control character.";

    public static bool IsTenant(string? text) => text is { Length: > 0 and <= LongestTenant } && !text.AsSpan().ContainsAnyExcept(TenantCharacters);

    public static bool IsAgent(string? text) => IsText(text, LongestAgent);

    public static bool IsName(string? text) => IsText(text, LongestName);

    private static bool IsText(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest && !text.Any(char.IsControl);
}
