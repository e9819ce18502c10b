using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Events;

namespace Sandbox.Api.Webhooks.Requests;

/// <summary>A webhook to be made.</summary>
public sealed record WebhookRequest
{
    /// <summary>Address that events are posted to: https, at most 2048 characters, without user and fragment.</summary>
    public required string Url { get; init; }

    /// <summary>Types of events such as job.ended, or all of a kind such as job.*; all types where it is left out.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>What people say of it: at most 256 characters.</summary>
    public string? Description { get; init; }

    /// <summary>What events are signed with: whsec_ and base64 of 24 to 64 bytes; a new one where it is left out.</summary>
    public string? Secret { get; init; }

    internal static WebhookRequest Read(RequestObject body, RequestErrors errors)
    {
        var request = new WebhookRequest
        {
            Url = body.String("url") ?? string.Empty,
            Types = body.Strings("types", WebhookRules.MostTypes),
            Description = body.String("description"),
            Secret = body.String("secret"),
        };
        body.RefuseUnknown();
        if (!errors.Has("url") && request.Url.Length == 0)
            errors.Add("url", "Is missing.");
        WebhookRules.Check(request.Types, request.Description, errors);
        return request;
    }
}

/// <summary>What is to be changed of a webhook. What is left out stays.</summary>
public sealed record WebhookChangeRequest
{
    /// <summary>Another address.</summary>
    public string? Url { get; init; }

    /// <summary>Other types of events; empty for all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Another description.</summary>
    public string? Description { get; init; }

    /// <summary>Whether events are sent. One that is enabled again is sent what happens from then on.</summary>
    public bool? Enabled { get; init; }

    internal static WebhookChangeRequest Read(RequestObject body, RequestErrors errors)
    {
        var request = new WebhookChangeRequest
        {
            Url = body.String("url"),
            Types = body.Strings("types", WebhookRules.MostTypes),
            Description = body.String("description"),
            Enabled = body.Boolean("enabled"),
        };
        body.RefuseUnknown();
        WebhookRules.Check(request.Types, request.Description, errors);
        return request;
    }
}

/// <summary>What members of webhooks can be.</summary>
internal static class WebhookRules
{
    public const int MostTypes = 50;

    private const int LongestDescription = 256;

    public static void Check(IReadOnlyList<string>? types, string? description, RequestErrors errors)
    {
        if (description?.Length > LongestDescription)
            errors.Add("description", $"Has more than {LongestDescription} characters.");
        foreach (var (index, type) in (types ?? []).Index())
        {
            if (!errors.Has($"types[{index}]") && !LifecycleFilter.TryParse([type], out _, out _))
                errors.Add($"types[{index}]", LifecycleFilter.Rule);
        }
    }
}
