using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>
/// Which template: one of a tenant, or one that belongs to all. Its text, <c>tenant/name</c> or <c>name</c>, is what
/// sandboxes, jobs and sessions carry.
/// </summary>
/// <param name="Tenant">The tenant; null where it belongs to all.</param>
/// <param name="Name">Its name, as callers say it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.template.name")]
public readonly record struct TemplateName([property: Id(0)] string? Tenant, [property: Id(1)] string Name)
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 63;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The template that every installation has.</summary>
    public static TemplateName Default { get; } = new(null, "default");

    /// <summary>Whether a text can be the name of a template: it begins with a letter or digit.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Characters);

    /// <summary>The name within the text of a template, as callers say it.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text) => text?[(text.LastIndexOf('/') + 1)..];

    /// <summary>What a caller of a tenant can mean by a text, in the order in which it is looked up.</summary>
    public static IEnumerable<string> Candidates(string tenant, string text)
    {
        if (text.Contains('/'))
            return text.StartsWith(tenant + "/", StringComparison.Ordinal) ? [text] : [];
        return [$"{tenant}/{text}", text];
    }

    /// <inheritdoc/>
    public override string ToString() => Tenant is null ? Name : $"{Tenant}/{Name}";
}
