using System.ComponentModel.DataAnnotations;

namespace Sandbox.Silo;

/// <summary>Where one machine keeps everything. Configuration section <c>Sandbox</c>.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox";

    /// <summary>Folder of databases, artifacts, the operator's key and the server's lock.</summary>
    [Required]
    public string DataDirectory { get; set; } = ".sandbox";

    /// <summary>Folder with the published agent.</summary>
    [Required]
    public string AgentDirectory { get; set; } = Path.Combine(AppContext.BaseDirectory, "..", "agent");
}
