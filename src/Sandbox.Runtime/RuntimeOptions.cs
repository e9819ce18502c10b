using System.ComponentModel.DataAnnotations;

namespace Sandbox.Runtime;

/// <summary>How sandboxes are made on this node. Configuration section <c>Sandbox:Runtime</c>.</summary>
public sealed class RuntimeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Runtime";

    /// <summary>
    /// Names this installation on the host, so that several servers on one machine leave each other's sandboxes alone.
    /// Lower-case letters and digits.
    /// </summary>
    [Required, RegularExpression("^[a-z0-9]{1,16}$")]
    public string Instance { get; set; } = "main";

    /// <summary>Folder with the published agent and its kernels.</summary>
    [Required]
    public string AgentDirectory { get; set; } = string.Empty;

    /// <summary>Parent of the folders of sandboxes; they hold sockets and bundles, nothing of a tenant.</summary>
    [Required]
    public string RunDirectory { get; set; } = "/run/sandbox";

    /// <summary>Parent of the root file systems and of the agent's copy. Must not be mounted noexec.</summary>
    [Required]
    public string LibraryDirectory { get; set; } = "/var/lib/sandbox";

    /// <summary>Engine for the isolation class standard: <c>auto</c>, <c>crun</c> or <c>runc</c>.</summary>
    [RegularExpression("^(auto|crun|runc)$")]
    public string StandardEngine { get; set; } = "auto";

    /// <summary>Platform for gVisor: <c>auto</c> or a value of runsc's <c>--platform</c>.</summary>
    [RegularExpression("^[a-z]{1,16}$")]
    public string GvisorPlatform { get; set; } = "auto";

    /// <summary>First host user id that sandboxes may use. Must be outside of what <c>/etc/subuid</c> grants to people.</summary>
    [Range(65536, 3_000_000_000)]
    public long FirstHostId { get; set; } = 1_879_048_192;

    /// <summary>How many sandboxes can exist at once, each with its own 65,536 host user ids.</summary>
    [Range(1, 16384)]
    public int MaxSandboxes { get; set; } = 8192;

    /// <summary>
    /// Memory of the host that images of sandboxes may take while they are made, stored and restored; a quarter of the host's
    /// where it is not given.
    /// </summary>
    [Range(64L << 20, long.MaxValue)]
    public long? MaxImageBytes { get; set; }

    /// <summary>Longest time from starting an engine to the agent's answer.</summary>
    [Range(1, 300)]
    public int StartTimeoutSeconds { get; set; } = 30;
}
