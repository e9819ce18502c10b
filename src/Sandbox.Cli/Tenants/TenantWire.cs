using System.Text.Json;

namespace Sandbox.Cli.Tenants;

internal sealed record TenantRequest(string Id, string Name);

internal sealed record Tenant(string Id, string Name, DateTimeOffset? CreatedAt = null);

internal sealed record TenantPage(IReadOnlyList<Tenant> Items, string? NextCursor = null);

internal sealed record QuotaSettings(string TenantId, Dictionary<string, JsonElement> Overrides, Dictionary<string, JsonElement> Effective);

internal sealed record ApiKeyRequest(string Name, string Role, string? AgentId = null, DateTimeOffset? ExpiresAt = null, string? Policy = null);

internal sealed record NewApiKey(string Id, string Key);

internal sealed record ApiKey(
    string Id,
    string Name,
    string Role,
    string AgentId,
    string LastDigits,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? LastUsedAt = null);

internal sealed record ApiKeyPage(IReadOnlyList<ApiKey> Items, string? NextCursor = null);
