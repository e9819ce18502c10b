using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>Identity of a job and key of its grain: <c>job_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct JobId
{
    /// <summary>Type prefix of every job id.</summary>
    public const string Prefix = "job_";

    private readonly string? _value;

    private JobId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static JobId New() => new(IdText.New(Prefix));

    /// <summary>The id that an idempotency key stands for: equal keys of one tenant reach one grain, and so one job.</summary>
    public static JobId FromIdempotencyKey(string tenantId, string key) => new(IdText.FromIdempotencyKey(Prefix, tenantId, "job", key));

    /// <summary>The job of an attempt of a workflow's step: whoever goes on with the workflow finds the same one, and no caller's key can name it.</summary>
    public static JobId OfWorkflow(string tenantId, string workflowId, string step, int attempt) =>
        new(IdText.FromIdempotencyKey(Prefix, tenantId, "workflow_job", $"{workflowId}:{attempt}:{step}"));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new JobId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
