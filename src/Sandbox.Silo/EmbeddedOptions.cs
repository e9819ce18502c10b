using System.ComponentModel.DataAnnotations;

namespace Sandbox.Silo;

/// <summary>Where one machine keeps everything. Configuration section <c>Sandbox</c>.</summary>
public sealed class EmbeddedOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox";

    /// <summary>Most processes that can share a data folder.</summary>
    public const int MostMembers = 8;

    /// <summary>Folder of databases, artifacts, the operator's key and the server's lock.</summary>
    [Required]
    public string DataDirectory { get; set; } = ".sandbox";

    /// <summary>How many server processes share the data folder and its sandboxes. Each offers its part of what the node has.</summary>
    [Range(1, MostMembers)]
    public int Members { get; set; } = 1;

    /// <summary>Which of them this process is: 1 to <see cref="Members"/>.</summary>
    [Range(1, MostMembers)]
    public int Member { get; set; } = 1;

    /// <summary>Folder with the published agent.</summary>
    [Required]
    public string AgentDirectory { get; set; } = Path.Combine(AppContext.BaseDirectory, "..", "agent");

    /// <summary>Whether calls of grains are counted for the framework's own dashboard, beneath ours: a filter more for each call.</summary>
    public bool SiloInternals { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Member <= Members ? [] : [new ValidationResult($"{Section}:{nameof(Member)} is {Member}, and there are {Members}.", [nameof(Member)])];
}
