using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Abstractions;

/// <summary>
/// An expected "no": a value that a grain returns instead of an outcome, and that the HTTP layer turns into a
/// problem document. Faults are exceptions; a refusal is an answer.
/// </summary>
/// <param name="Code">Stable snake_case code, one of <see cref="RefusalCodes"/>.</param>
/// <param name="Detail">One sentence for the caller. Never carries code, output, environment or secrets.</param>
/// <param name="Field">The request member at fault, as a camelCase path such as <c>limits.memoryBytes</c>; null where none is.</param>
/// <param name="RetryAfter">When trying again makes sense; null where it does not.</param>
/// <param name="Rule">The policy rule that decided; only for <see cref="RefusalCodes.PolicyDenied"/>.</param>
[GenerateSerializer, Immutable, Alias("sandbox.refusal")]
public sealed record Refusal(
    [property: Id(0)] string Code,
    [property: Id(1)] string Detail,
    [property: Id(2)] string? Field = null,
    [property: Id(3)] TimeSpan? RetryAfter = null,
    [property: Id(4)] string? Rule = null)
{
    /// <summary>What is wrong beside <see cref="Field"/>; null where nothing is.</summary>
    [Id(5)]
    public IReadOnlyList<FieldError>? More { get; init; }

    /// <summary>The quota that is used up; only for <see cref="RefusalCodes.QuotaExceeded"/>.</summary>
    [Id(6)]
    public QuotaBreach? Quota { get; init; }

    /// <summary>The end of what a program printed, as it came out of its sandbox; only for callers who may read that anyhow.</summary>
    [Id(7)]
    public string? Log { get; init; }
}

/// <summary>What is wrong with one member of a request.</summary>
/// <param name="Field">Its camelCase path.</param>
/// <param name="Detail">One sentence for the caller.</param>
[GenerateSerializer, Immutable, Alias("sandbox.refusal.field")]
public sealed record FieldError([property: Id(0)] string Field, [property: Id(1)] string Detail);

/// <summary>The codes that <see cref="Refusal.Code"/> may hold. They are part of the public interface: never renamed.</summary>
public static class RefusalCodes
{
    /// <summary>No such resource in the caller's tenant (404).</summary>
    public const string NotFound = "not_found";

    /// <summary>The request is malformed or outside of the limits (400).</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>The idempotency key was used before with another request (409).</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>The operation needs an ended job (409).</summary>
    public const string JobNotEnded = "job_not_ended";

    /// <summary>The session's time was over (410).</summary>
    public const string SessionExpired = "session_expired";

    /// <summary>A caller ended the session (410).</summary>
    public const string SessionTerminated = "session_terminated";

    /// <summary>The session's sandbox is gone, and its state with it (410).</summary>
    public const string SessionLost = "session_lost";

    /// <summary>The service does not answer yet (503).</summary>
    public const string ServiceNotReady = "service_not_ready";

    /// <summary>The service is over, because its time was, somebody wanted it or policy does (410).</summary>
    public const string ServiceStopped = "service_stopped";

    /// <summary>The service is over by itself, or does not answer as it should (502).</summary>
    public const string ServiceFailed = "service_failed";

    /// <summary>The service, or what listens at a port of a session, did not answer in time (504).</summary>
    public const string ServiceTimeout = "service_timeout";

    /// <summary>Nothing answers at the port of a session (502).</summary>
    public const string PortUnreachable = "port_unreachable";

    /// <summary>There is a file of this name already (412).</summary>
    public const string FileExists = "file_exists";

    /// <summary>What the path names does not permit the operation (409).</summary>
    public const string FileConflict = "file_conflict";

    /// <summary>The sandbox's own user may not do it (403).</summary>
    public const string FileDenied = "file_denied";

    /// <summary>The disk limit of the session is reached (507).</summary>
    public const string DiskFull = "disk_full";

    /// <summary>The command takes no input: it has ended, or its input has, or was never kept open (409).</summary>
    public const string CommandInputClosed = "command_input_closed";

    /// <summary>The command has not read its input in time (503).</summary>
    public const string CommandInputNotRead = "command_input_not_read";

    /// <summary>The sandbox cannot be reached at present (503).</summary>
    public const string SandboxUnreachable = "sandbox_unreachable";

    /// <summary>No sandbox could be started (503).</summary>
    public const string SandboxStartFailed = "sandbox_start_failed";

    /// <summary>A quota of the tenant has no room left (429).</summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>The node's queue is full (503).</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The node takes no new work: it is to be empty (503).</summary>
    public const string NodeDraining = "node_draining";

    /// <summary>The isolation class asked for cannot be had on this host (422).</summary>
    public const string IsolationUnavailable = "isolation_unavailable";

    /// <summary>The template asked for does not exist (422).</summary>
    public const string TemplateUnknown = "template_unknown";

    /// <summary>The isolation class cannot keep a sandbox's memory (422).</summary>
    public const string MemoryUnsupported = "memory_snapshot_unsupported";

    /// <summary>A sandbox's memory could not be saved (503).</summary>
    public const string MemoryNotSaved = "memory_not_saved";

    /// <summary>The operation needs a session in which nothing runs (409).</summary>
    public const string SessionBusy = "session_busy";

    /// <summary>The snapshot that the request names does not exist (422).</summary>
    public const string SnapshotUnknown = "snapshot_unknown";

    /// <summary>The request contradicts the snapshot that it names (422).</summary>
    public const string SnapshotMismatch = "snapshot_mismatch";

    /// <summary>The stored snapshot is damaged (422).</summary>
    public const string SnapshotCorrupt = "snapshot_corrupt";

    /// <summary>The session has more files than a snapshot holds (422).</summary>
    public const string SnapshotTooLarge = "snapshot_too_large";

    /// <summary>The template asked for has no interpreter for the language (422).</summary>
    public const string LanguageUnavailable = "language_unavailable";

    /// <summary>What was given cannot become a template (422).</summary>
    public const string TemplateInvalid = "template_invalid";

    /// <summary>There is a template of this name already (409).</summary>
    public const string TemplateExists = "template_exists";

    /// <summary>The template is in use, or still comes in (409).</summary>
    public const string TemplateInUse = "template_in_use";

    /// <summary>More was asked for than any node of this cluster has, or than the tenant may ever use (422).</summary>
    public const string CapacityExceeded = "capacity_exceeded";

    /// <summary>Policy forbids it (403).</summary>
    public const string PolicyDenied = "policy_denied";

    /// <summary>The policy that the request names does not exist (400).</summary>
    public const string PolicyUnknown = "policy_unknown";

    /// <summary>Policy allows the secret, and the tenant has none of this name (422).</summary>
    public const string SecretUnknown = "secret_unknown";

    /// <summary>The tenant has as many secrets as it may have (409).</summary>
    public const string SecretLimit = "secret_limit";

    /// <summary>The session has as many contexts as it may have (409).</summary>
    public const string ContextLimit = "context_limit";

    /// <summary>The artifact has as many signed URLs as it may have (409).</summary>
    public const string ArtifactUrlLimit = "artifact_url_limit";

    /// <summary>The session holds values of secrets, and its policy does not let them be stored (403).</summary>
    public const string SecretInSnapshot = "secret_in_snapshot";

    /// <summary>The policy is not in the state that the request expects (412).</summary>
    public const string PolicyChanged = "policy_changed";

    /// <summary>The artifact that the request names does not exist (422).</summary>
    public const string ArtifactUnknown = "artifact_unknown";

    /// <summary>The upload is larger than this installation takes (413).</summary>
    public const string ArtifactTooLarge = "artifact_too_large";

    /// <summary>The content is not the one that the request announces by its digest (422).</summary>
    public const string DigestMismatch = "digest_mismatch";

    /// <summary>The operation needs a webhook that is enabled (409).</summary>
    public const string WebhookDisabled = "webhook_disabled";

    /// <summary>The operation needs an ended workflow (409).</summary>
    public const string WorkflowNotEnded = "workflow_not_ended";

    /// <summary>The operation needs a workflow that has not ended (409).</summary>
    public const string WorkflowEnded = "workflow_ended";

    /// <summary>A value is larger than the memory of a workflow takes (413).</summary>
    public const string MemoryValueTooLarge = "memory_value_too_large";

    /// <summary>The memory of a workflow holds as much as it may (409).</summary>
    public const string WorkflowMemoryFull = "workflow_memory_full";

    /// <summary>The key is not in the state that the request expects (412).</summary>
    public const string MemoryChanged = "memory_changed";

    /// <summary>The tenant that the request names does not exist, or is not the caller's (404).</summary>
    public const string TenantNotFound = "tenant_not_found";
}

/// <summary>Either a value or a <see cref="Refusal"/>; exactly one of the two is set.</summary>
/// <typeparam name="T">What is answered when the request was accepted.</typeparam>
[GenerateSerializer, Immutable, Alias("sandbox.reply`1")]
public sealed record Reply<T>([property: Id(0)] T? Value, [property: Id(1)] Refusal? Refusal)
    where T : class
{
    /// <summary>Wraps an accepted outcome.</summary>
    public static implicit operator Reply<T>(T value) => new(value, null);

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Reply<T>(Refusal refusal) => new(null, refusal);
}
