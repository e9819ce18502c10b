using System.ComponentModel.DataAnnotations;

namespace Sandbox.Storage.Artifacts;

/// <summary>Where the bytes of artifacts lie. Configuration section <c>Sandbox:Artifacts</c>.</summary>
public sealed class ArtifactStoreOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Artifacts";

    /// <summary>One of <see cref="ArtifactStores"/>: where new artifacts go. Default <c>local</c>, a folder in the data folder.</summary>
    public string Store { get; set; } = ArtifactStores.Local;

    /// <summary>The container, with <see cref="ArtifactStores.Azure"/>; may stay set for artifacts that lie there already.</summary>
    public AzureArtifactOptions Azure { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Store is not (ArtifactStores.Local or ArtifactStores.Azure))
            yield return new ValidationResult($"{Section}:{nameof(Store)} is {Store}; it is {ArtifactStores.Local} or {ArtifactStores.Azure}.", [nameof(Store)]);
        if (Store == ArtifactStores.Azure && !Azure.IsSet)
            yield return new ValidationResult($"{Section}:{nameof(Azure)}:{nameof(Azure.ConnectionString)} is missing.", [nameof(Azure)]);
        if (Azure.Problem is { } problem)
            yield return new ValidationResult($"{Section}:{nameof(Azure)}: {problem}", [nameof(Azure)]);
    }
}

/// <summary>A container of Azure Blob Storage.</summary>
public sealed class AzureArtifactOptions
{
    private const int ShortestName = 3;
    private const int LongestName = 63;

    /// <summary>Connection string of the storage account: with its key, or with a shared access signature for the container. Default none.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Name of the container; made where it is missing. Default <c>sandbox-artifacts</c>; 3 to 63 of a-z, 0-9 and single dashes.</summary>
    public string Container { get; set; } = "sandbox-artifacts";

    /// <summary>Bytes that are sent in one block, and held in memory for each transfer. Default 4 MiB; 64 KiB to 64 MiB.</summary>
    public int BlockBytes { get; set; } = 4 * 1024 * 1024;

    internal bool IsSet => !string.IsNullOrWhiteSpace(ConnectionString);

    internal string? Problem
    {
        get
        {
            if (BlockBytes is < 64 * 1024 or > 64 * 1024 * 1024)
                return $"{nameof(BlockBytes)} is not from 65536 to 67108864.";
            return IsContainerName(Container) ? null : $"{nameof(Container)} is no name of a container.";
        }
    }

    private static bool IsContainerName(string name) =>
        name.Length is >= ShortestName and <= LongestName
        && name.All(static c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-')
        && !name.StartsWith('-') && !name.EndsWith('-') && !name.Contains("--", StringComparison.Ordinal);
}
