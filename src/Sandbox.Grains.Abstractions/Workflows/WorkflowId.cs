using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>Identity of a workflow and key of its grain: <c>wfl_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct WorkflowId
{
    /// <summary>Type prefix of every workflow id.</summary>
    public const string Prefix = "wfl_";

    private readonly string? _value;

    private WorkflowId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static WorkflowId New() => new(IdText.New(Prefix));

    /// <summary>The id that an idempotency key stands for: equal keys of one tenant reach one grain, and so one workflow.</summary>
    public static WorkflowId FromIdempotencyKey(string tenantId, string key) => new(IdText.FromIdempotencyKey(Prefix, tenantId, "workflow", key));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WorkflowId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new WorkflowId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
