using System.ComponentModel.DataAnnotations;

namespace Sandbox.Storage.Encryption.KeyManagement;

/// <summary>
/// The transit secrets engine of HashiCorp Vault or OpenBao. Configuration section <c>Sandbox:Storage:Vault</c>; without
/// <see cref="Address"/> there is none.
/// </summary>
public sealed class VaultOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Storage:Vault";

    /// <summary>Where it listens, such as <c>https://vault.example.com:8200</c>. Without TLS only on this machine.</summary>
    public string? Address { get; set; }

    /// <summary>Path at which the engine is mounted.</summary>
    [Required]
    public string Mount { get; set; } = "transit";

    /// <summary>Name of the key in it, of a type that authenticates associated data, such as the default <c>aes256-gcm96</c>.</summary>
    [Required]
    public string Key { get; set; } = "sandbox";

    /// <summary>A token that may <c>update</c> <c>encrypt</c>, <c>decrypt</c> and <c>rewrap</c> of that key.</summary>
    public string? Token { get; set; }

    /// <summary>File that holds the token instead, such as the sink of Vault's agent.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Longest time to wait for an answer, in seconds.</summary>
    [Range(0.1, 300)]
    public double TimeoutSeconds { get; set; } = 10;
}
