using System.ComponentModel.DataAnnotations;

namespace Sandbox.Api.Tenants;

/// <summary>Where the operator's key is; section <c>Authentication</c>.</summary>
public sealed class OperatorKeyOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Authentication";

    /// <summary>
    /// File with the operator's API key, readable by its owner alone (mode 600). Made with a random key where there is
    /// none. Required.
    /// </summary>
    [Required]
    public string OperatorKeyFile { get; set; } = string.Empty;
}
