using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>Identity of a session and key of its grain: <c>ses_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct SessionId
{
    /// <summary>Type prefix of every session id.</summary>
    public const string Prefix = "ses_";

    private readonly string? _value;

    private SessionId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static SessionId New() => new(IdText.New(Prefix));

    /// <summary>The id that an idempotency key stands for: equal keys of one tenant reach one grain, and so one session.</summary>
    public static SessionId FromIdempotencyKey(string tenantId, string key) => new(IdText.FromIdempotencyKey(Prefix, tenantId, "session", key));

    /// <summary>
    /// The id of a fork of a session that an idempotency key stands for. No key of a request has a zero byte in it, so that
    /// none of them stands for the same.
    /// </summary>
    public static SessionId FromForkKey(string tenantId, SessionId source, string key, int index) =>
        new(IdText.FromIdempotencyKey(Prefix, tenantId, "session", $"fork\0{source}\0{index}\0{key}"));

    /// <summary>The session that a client's name stands for, as long as the session before it is over; null where there was none.</summary>
    public static SessionId FromName(string tenantId, string name, string? before) =>
        new(IdText.FromIdempotencyKey(Prefix, tenantId, "named_session", $"{before}\0{name}"));

    /// <summary>A session that a workflow owns, by its name there.</summary>
    public static SessionId OfWorkflow(string tenantId, string workflowId, string name) =>
        new(IdText.FromIdempotencyKey(Prefix, tenantId, "workflow_session", $"{workflowId}:{name}"));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new SessionId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
