using System.Diagnostics.CodeAnalysis;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>Identity of a service and key of its grain: <c>svc_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct ServiceId
{
    /// <summary>Type prefix of every service id.</summary>
    public const string Prefix = "svc_";

    private readonly string? _value;

    private ServiceId(string value) => _value = value;

    /// <summary>
    /// The session that the service is inside of its grain: what is stored of its program's output goes by this id. No session's grain has it.
    /// </summary>
    public SessionId Session => SessionId.TryParse(SessionId.Prefix + ToString()[Prefix.Length..], out var id)
        ? id
        : throw new InvalidOperationException("There is no service.");

    /// <summary>A random id.</summary>
    public static ServiceId New() => new(IdText.New(Prefix));

    /// <summary>The id that an idempotency key stands for: equal keys of one tenant reach one grain, and so one service.</summary>
    public static ServiceId FromIdempotencyKey(string tenantId, string key) => new(IdText.FromIdempotencyKey(Prefix, tenantId, "service", key));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ServiceId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new ServiceId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
