using System.Text.Json;

namespace Sandbox.Client;

/// <summary>The quotas of a tenant, by name, such as concurrentSandboxes or memoryBytes.</summary>
public sealed record QuotaSettings
{
    /// <summary>The tenant.</summary>
    public string TenantId { get => field ?? string.Empty; init; }

    /// <summary>What an operator has set for it; the other quotas are as the installation has them.</summary>
    public Dictionary<string, JsonElement> Overrides { get => field ?? []; init; }

    /// <summary>What holds, all told.</summary>
    public Dictionary<string, JsonElement> Effective { get => field ?? []; init; }
}
