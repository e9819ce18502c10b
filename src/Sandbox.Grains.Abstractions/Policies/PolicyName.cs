using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>Which policy: its tenant and its name. Its text, <c>tenant/name</c>, is the key of its grain.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Name">The name, as callers say it.</param>
public readonly record struct PolicyName(string Tenant, string Name)
{
    /// <summary>The policy that applies where none is named.</summary>
    public const string Default = "default";

    /// <summary>Longest name.</summary>
    public const int MaxLength = 63;

    /// <summary>What a name has to be, for a person.</summary>
    public const string Rule = "Has 1 to 63 of a-z, 0-9, ., _ and -, of which the first is a letter or digit.";

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether a text can be the name of a policy: it begins with a letter or digit.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Characters);

    /// <summary>Reads the text; false where it is none.</summary>
    public static bool TryParse(string text, out PolicyName policy)
    {
        // Neither a tenant nor a name has a slash.
        var slash = text.IndexOf('/');
        policy = slash > 0 && IsValid(text[(slash + 1)..]) ? new PolicyName(text[..slash], text[(slash + 1)..]) : default;
        return policy != default;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Tenant}/{Name}";
}
