using System.Collections.Frozen;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Http;

/// <summary>
/// Codes that only the HTTP layer answers with, and the one table from every code to its status and title.
/// Like <see cref="RefusalCodes"/> they are never renamed.
/// </summary>
internal static class ProblemCodes
{
    public const string Unauthenticated = "unauthenticated";
    public const string Forbidden = "forbidden";
    public const string TenantUnknown = "tenant_unknown";
    public const string TenantExists = "tenant_exists";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string PayloadTooLarge = "payload_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string UpgradeRequired = "upgrade_required";
    public const string FormExpired = "form_expired";
    public const string RequestTimeout = "request_timeout";
    public const string UrlInvalid = "url_invalid";
    public const string RangeNotSatisfiable = "range_not_satisfiable";
    public const string RateLimited = "rate_limited";
    public const string InternalError = "internal_error";
    public const string Unavailable = "unavailable";
    public const string NotReady = "not_ready";

    private static readonly FrozenDictionary<string, Kind> Kinds = new Dictionary<string, Kind>
    {
        [RefusalCodes.InvalidRequest] = new(400, "The request is not valid."),
        [RefusalCodes.PolicyUnknown] = new(400, "There is no such policy."),
        [FormExpired] = new(400, "The form is not valid any more: load its page again."),
        [Unauthenticated] = new(401, "A valid credential is needed."),
        [Forbidden] = new(403, "The credential does not allow this."),
        [TenantUnknown] = new(403, "The credential is for a tenant that does not exist."),
        [TenantExists] = new(409, "There is such a tenant already."),
        [RefusalCodes.PolicyDenied] = new(403, "Policy forbids this."),
        [RefusalCodes.NotFound] = new(404, "There is no such resource."),
        [RefusalCodes.TenantNotFound] = new(404, "There is no such tenant."),
        [MethodNotAllowed] = new(405, "The resource does not know this method."),
        [RequestTimeout] = new(408, "The request came too slowly."),
        [RefusalCodes.IdempotencyKeyReused] = new(409, "The idempotency key belongs to another request."),
        [RefusalCodes.FileDenied] = new(403, "The sandbox does not allow this."),
        [RefusalCodes.FileConflict] = new(409, "The file does not permit this."),
        [RefusalCodes.FileExists] = new(412, "There is such a file already."),
        [RefusalCodes.PolicyChanged] = new(412, "The policy is not as expected."),
        [RefusalCodes.DiskFull] = new(507, "The sandbox's disk is full."),
        [RefusalCodes.SandboxUnreachable] = new(503, "The sandbox cannot be reached at present."),
        [RefusalCodes.TemplateExists] = new(409, "There is such a template already."),
        [RefusalCodes.TemplateInUse] = new(409, "The template is in use."),
        [RefusalCodes.SecretInSnapshot] = new(403, "The session holds secrets."),
        [RefusalCodes.SecretLimit] = new(409, "The tenant has too many secrets."),
        [RefusalCodes.ContextLimit] = new(409, "The session has too many contexts."),
        [RefusalCodes.ArtifactUrlLimit] = new(409, "The artifact has too many signed URLs."),
        [RefusalCodes.JobNotEnded] = new(409, "The job has not ended."),
        [RefusalCodes.SessionBusy] = new(409, "Something runs in the session."),
        [RefusalCodes.SessionExpired] = new(410, "The session has expired."),
        [RefusalCodes.SessionTerminated] = new(410, "The session was ended."),
        [RefusalCodes.SessionLost] = new(410, "The session was lost."),
        [RefusalCodes.ServiceNotReady] = new(503, "The service is not ready."),
        [RefusalCodes.ServiceStopped] = new(410, "The service was stopped."),
        [RefusalCodes.ServiceFailed] = new(502, "The service has failed."),
        [RefusalCodes.ServiceTimeout] = new(504, "The service does not answer."),
        [RefusalCodes.PortUnreachable] = new(502, "The port does not answer."),
        [RefusalCodes.CommandInputClosed] = new(409, "The command takes no input."),
        [RefusalCodes.WebhookDisabled] = new(409, "The webhook is disabled."),
        [RefusalCodes.WorkflowNotEnded] = new(409, "The workflow has not ended."),
        [RefusalCodes.WorkflowEnded] = new(409, "The workflow has ended."),
        [RefusalCodes.MemoryValueTooLarge] = new(413, "The value is too large."),
        [RefusalCodes.WorkflowMemoryFull] = new(409, "The workflow's memory is full."),
        [RefusalCodes.MemoryChanged] = new(412, "The key is not as expected."),
        [UpgradeRequired] = new(426, "A WebSocket is needed."),
        [UrlInvalid] = new(403, "The URL opens nothing."),
        [RefusalCodes.ArtifactUnknown] = new(422, "There is no such artifact."),
        [RefusalCodes.ArtifactTooLarge] = new(413, "The upload is too large."),
        [RefusalCodes.DigestMismatch] = new(422, "The content is not the announced one."),
        [PayloadTooLarge] = new(413, "The request body is too large."),
        [UnsupportedMediaType] = new(415, "The request body must be JSON in UTF-8."),
        [RangeNotSatisfiable] = new(416, "The range lies outside of the content."),
        [RefusalCodes.IsolationUnavailable] = new(422, "The isolation class cannot be had here."),
        [RefusalCodes.TemplateUnknown] = new(422, "There is no such template."),
        [RefusalCodes.TemplateInvalid] = new(422, "It cannot become a template."),
        [RefusalCodes.LanguageUnavailable] = new(422, "The template lacks the language."),
        [RefusalCodes.CapacityExceeded] = new(422, "No node is large enough."),
        [RefusalCodes.MemoryUnsupported] = new(422, "The isolation class keeps no memory."),
        [RefusalCodes.SnapshotUnknown] = new(422, "There is no such snapshot."),
        [RefusalCodes.SnapshotMismatch] = new(422, "The snapshot says otherwise."),
        [RefusalCodes.SnapshotCorrupt] = new(422, "The snapshot is damaged."),
        [RefusalCodes.SnapshotTooLarge] = new(422, "The session is too large for a snapshot."),
        [RefusalCodes.SecretUnknown] = new(422, "There is no such secret."),
        [RefusalCodes.QuotaExceeded] = new(429, "The tenant's quota is used up."),
        [RateLimited] = new(429, "There are too many requests."),
        [InternalError] = new(500, "The server failed."),
        [RefusalCodes.CommandInputNotRead] = new(503, "The command does not read its input."),
        [RefusalCodes.QueueFull] = new(503, "The queue is full."),
        [RefusalCodes.NodeDraining] = new(503, "The node takes no new work."),
        [Unavailable] = new(503, "The server cannot answer at present."),
        [RefusalCodes.MemoryNotSaved] = new(503, "The memory could not be saved."),
        [RefusalCodes.SandboxStartFailed] = new(503, "No sandbox could be started."),
        [NotReady] = new(503, "The server is not ready."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Status and title of a code. One that the table lacks is still an expected "no": 422.</summary>
    public static Kind Describe(string code) =>
        Kinds.TryGetValue(code, out var kind) ? kind : new Kind(422, "The request cannot be carried out.");

    /// <summary>True when the table has the code.</summary>
    public static bool IsKnown(string code) => Kinds.ContainsKey(code);

    /// <summary>The code for a bare status, as the framework answers it.</summary>
    public static string ForStatus(int status) => status switch
    {
        401 => Unauthenticated,
        403 => Forbidden,
        404 => RefusalCodes.NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        413 => PayloadTooLarge,
        415 => UnsupportedMediaType,
        416 => RangeNotSatisfiable,
        429 => RateLimited,
        503 => Unavailable,
        >= 500 => InternalError,
        _ => RefusalCodes.InvalidRequest,
    };

    internal readonly record struct Kind(int Status, string Title);
}
