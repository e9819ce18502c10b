using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Grains.Artifacts;

/// <summary>What one upload may be: the installation's bounds and the policy's together. Pure.</summary>
internal sealed class UploadBounds(ArtifactOptions options, long? permitted)
{
    private const double LongestDays = 36_500;
    private const string Rule = "artifacts";

    private readonly double _longestSeconds = TimeSpan.FromDays(options.RetentionDays ?? LongestDays).TotalSeconds;

    /// <summary>The most bytes that may come.</summary>
    public long MaxBytes => Math.Min(options.MaxBytes, permitted ?? long.MaxValue);

    /// <summary>What is answered to more.</summary>
    public Refusal TooLarge => permitted < options.MaxBytes
        ? new Refusal(RefusalCodes.PolicyDenied, FormattableString.Invariant($"Policy allows artifacts of at most {permitted} bytes."), "content", Rule: Rule)
        : new Refusal(RefusalCodes.ArtifactTooLarge, FormattableString.Invariant($"An upload has at most {options.MaxBytes} bytes here."), "content");

    /// <summary>What is against an upload, as far as that is known before it comes; null where nothing is.</summary>
    public Refusal? Refuse(ArtifactUpload upload)
    {
        if (upload.ExpiresInSeconds is { } seconds && !(seconds > 0 && seconds <= _longestSeconds))
            return new Refusal(RefusalCodes.InvalidRequest, FormattableString.Invariant($"Must be more than 0 and at most {_longestSeconds} seconds."), "expiresInSeconds");
        return upload.SizeBytes > MaxBytes ? TooLarge : null;
    }

    /// <summary>Seconds after which it is gone; null for never.</summary>
    public double? Seconds(ArtifactUpload upload) => upload.ExpiresInSeconds ?? (options.RetentionDays is null ? null : _longestSeconds);
}
