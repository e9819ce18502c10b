using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants.Requests;

/// <summary>A tenant to be made.</summary>
public sealed record TenantRequest
{
    /// <summary>Its id: 1 to 64 characters of a-z, 0-9, _ and -.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it: 1 to 128 characters.</summary>
    public required string Name { get; init; }

    internal static TenantRequest Read(RequestObject body, RequestErrors errors)
    {
        var request = new TenantRequest { Id = body.String("id") ?? string.Empty, Name = body.String("name") ?? string.Empty };
        body.RefuseUnknown();
        if (!errors.Has("id") && !CallerNames.IsTenant(request.Id))
            errors.Add("id", CallerNames.TenantRule);
        NameRule.Check(request.Name, errors);
        return request;
    }
}

/// <summary>An API key to be made.</summary>
public sealed record ApiKeyRequest
{
    /// <summary>What people call it: 1 to 128 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do: operator, admin, member or auditor; at most what who asks may do.</summary>
    public required string Role { get; init; }

    /// <summary>The agent that acts with it, 1 to 128 characters; else the id of the key.</summary>
    public string? AgentId { get; init; }

    /// <summary>From when on it opens nothing; else that never comes.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The only policy that it may be used under, for members; else any of the tenant. It need not be there yet.</summary>
    public string? Policy { get; init; }

    internal static ApiKeyRequest Read(RequestObject body, DateTimeOffset now, RequestErrors errors)
    {
        var request = new ApiKeyRequest
        {
            Name = body.String("name") ?? string.Empty,
            Role = body.String("role") ?? string.Empty,
            AgentId = body.String("agentId"),
            ExpiresAt = ReadTime(body.String("expiresAt"), now, errors),
            Policy = body.String("policy"),
        };
        body.RefuseUnknown();
        NameRule.Check(request.Name, errors);
        if (!errors.Has("role") && !RoleOrder.HighestFirst.Contains(request.Role, StringComparer.Ordinal))
            errors.Add("role", $"Must be one of {string.Join(", ", RoleOrder.HighestFirst)}.");
        if (request.AgentId is not null && !CallerNames.IsAgent(request.AgentId))
            errors.Add("agentId", CallerNames.AgentRule);
        CheckPolicy(request, errors);
        return request;
    }

    // Whoever can store policies, or make a key without one, is not bound by it.
    private static void CheckPolicy(ApiKeyRequest request, RequestErrors errors)
    {
        if (request.Policy is not null && request.Role != Roles.Member && !errors.Has("role"))
            errors.Add("policy", $"Goes with the role {Roles.Member}.");
        SandboxMembers.CheckPolicy(request.Policy, errors);
    }

    private static DateTimeOffset? ReadTime(string? text, DateTimeOffset now, RequestErrors errors)
    {
        if (text is null)
            return null;
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];
        if (!DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            errors.Add("expiresAt", "Must be a time as in RFC 3339, such as 2030-01-31T12:00:00Z.");
        else if (time <= now)
            errors.Add("expiresAt", "Must be in the future.");
        return time.ToUniversalTime();
    }
}

/// <summary>What a name can be.</summary>
internal static class NameRule
{
    public static void Check(string name, RequestErrors errors)
    {
        if (!errors.Has("name") && !CallerNames.IsName(name))
            errors.Add("name", $"Must be 1 to {CallerNames.LongestName} characters, none of them a control character.");
    }
}
