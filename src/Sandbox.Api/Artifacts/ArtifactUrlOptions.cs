using System.ComponentModel.DataAnnotations;

namespace Sandbox.Api.Artifacts;

/// <summary>Bounds of signed URLs. Configuration section <c>Sandbox:Artifacts</c>.</summary>
public sealed class ArtifactUrlOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Artifacts";

    /// <summary>Seconds that a URL is good for when its request does not say. Default 3600; 1 to <see cref="MaxUrlSeconds"/>.</summary>
    [Range(1, int.MaxValue)]
    public int DefaultUrlSeconds { get; set; } = 3600;

    /// <summary>The most seconds that a URL is good for. Default 604800 (7 days); 1 to 31536000.</summary>
    [Range(1, 365 * 24 * 3600)]
    public int MaxUrlSeconds { get; set; } = 7 * 24 * 3600;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DefaultUrlSeconds <= MaxUrlSeconds
        ? []
        : [new ValidationResult($"{Section}:{nameof(DefaultUrlSeconds)} is more than {nameof(MaxUrlSeconds)}.", [nameof(DefaultUrlSeconds)])];
}
