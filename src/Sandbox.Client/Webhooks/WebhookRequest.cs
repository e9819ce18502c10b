namespace Sandbox.Client;

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

    /// <summary>Its address only: the secret does not get into logs by chance.</summary>
    public override string ToString() => Url;
}

/// <summary>What is to be changed of a webhook. What is left out stays.</summary>
public sealed record WebhookChange
{
    /// <summary>Another address.</summary>
    public string? Url { get; init; }

    /// <summary>Other types of events; empty for all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Another description.</summary>
    public string? Description { get; init; }

    /// <summary>Whether events are sent. One that is enabled again is sent what happens from then on.</summary>
    public bool? Enabled { get; init; }
}
