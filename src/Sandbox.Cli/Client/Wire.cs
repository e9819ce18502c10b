using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Cli.Artifacts;
using Sandbox.Cli.Audit;
using Sandbox.Cli.Events;
using Sandbox.Cli.Policies;
using Sandbox.Cli.Secrets;
using Sandbox.Cli.Services;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Snapshots;
using Sandbox.Cli.Templates;
using Sandbox.Cli.Tenants;
using Sandbox.Cli.Webhooks;
using Sandbox.Cli.Workflows;

namespace Sandbox.Cli.Client;

internal sealed record JobRequest(
    string Language,
    string Code,
    IReadOnlyList<FileRequest>? Files = null,
    string? Stdin = null,
    IReadOnlyList<string>? Args = null,
    IReadOnlyDictionary<string, string>? Env = null,
    string? Isolation = null,
    JobLimits? Limits = null,
    IReadOnlyList<string>? Artifacts = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    string? Template = null,
    string? Policy = null,
    IReadOnlyList<string>? Secrets = null);

internal sealed record FileRequest(string Path, string ContentBase64);

internal sealed record Job(
    string Id,
    string Status,
    string? Cause = null,
    int? ExitCode = null,
    string? Signal = null,
    string? Language = null,
    string? Isolation = null,
    string? Node = null,
    int Attempts = 0,
    JobLimits? Limits = null,
    JobUsage? Usage = null,
    IReadOnlyList<Artifact>? Artifacts = null,
    IReadOnlyList<SkippedArtifact>? SkippedArtifacts = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? FinishedAt = null)
{
    public bool HasEnded => Status is not ("queued" or "running");
}

internal sealed record JobLimits(
    double? Cpu = null,
    long? MemoryBytes = null,
    long? DiskBytes = null,
    int? Processes = null,
    double? WallSeconds = null,
    long? OutputBytes = null);

internal sealed record JobUsage(double? WallSeconds = null, double? CpuSeconds = null, long? PeakMemoryBytes = null);

internal sealed record Artifact(string Id, string Name, long SizeBytes, string? Sha256 = null);

internal sealed record SkippedArtifact(string Name, string Reason);

internal sealed record JobPage(IReadOnlyList<Job> Items, string? NextCursor = null);

/// <summary>Body of a <c>stdout</c> or <c>stderr</c> event: text, or base64 where the bytes are not UTF-8.</summary>
internal sealed record OutputData(string? Text = null, string? Base64 = null);

/// <summary>Body of the <c>end</c> event.</summary>
internal sealed record EndData(string Status, string? Cause = null, int? ExitCode = null, string? Signal = null);

/// <summary>An RFC 9457 problem document.</summary>
internal sealed record ProblemDocument(
    string? Title = null,
    int? Status = null,
    string? Detail = null,
    string? Code = null,
    string? Rule = null,
    string? Reason = null,
    IReadOnlyDictionary<string, string[]>? Errors = null);

/// <summary>What a running server writes to <c>server.json</c> in its data folder.</summary>
internal sealed record ServerFile(string Url, int Pid);

internal sealed record VersionInfo(string Version);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(ServicePage))]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(ServiceToken))]
[JsonSerializable(typeof(ServiceTokenRequest))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionChange))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(PauseRequest))]
[JsonSerializable(typeof(SnapshotRequest))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(SnapshotPage))]
[JsonSerializable(typeof(ForkRequest))]
[JsonSerializable(typeof(ForkList))]
[JsonSerializable(typeof(StepRequest))]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(StepPage))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(BackgroundCommand))]
[JsonSerializable(typeof(CommandPage))]
[JsonSerializable(typeof(CommandSignal))]
[JsonSerializable(typeof(TerminalMessage))]
[JsonSerializable(typeof(SessionFilePage))]
[JsonSerializable(typeof(WrittenFile))]
[JsonSerializable(typeof(StoredArtifact))]
[JsonSerializable(typeof(ArtifactPage))]
[JsonSerializable(typeof(ArtifactUrlRequest))]
[JsonSerializable(typeof(ArtifactUrl))]
[JsonSerializable(typeof(TemplateRequest))]
[JsonSerializable(typeof(Template))]
[JsonSerializable(typeof(TemplatePage))]
[JsonSerializable(typeof(Policy))]
[JsonSerializable(typeof(PolicyPage))]
[JsonSerializable(typeof(Evaluation))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(SecretPage))]
[JsonSerializable(typeof(TenantRequest))]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(TenantPage))]
[JsonSerializable(typeof(QuotaSettings))]
[JsonSerializable(typeof(ApiKeyRequest))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(ApiKeyPage))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AuditCheck))]
[JsonSerializable(typeof(LifecycleEvent))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookChange))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookPage))]
[JsonSerializable(typeof(WebhookDelivery))]
[JsonSerializable(typeof(WebhookDeliveryPage))]
[JsonSerializable(typeof(Workflow))]
[JsonSerializable(typeof(WorkflowPage))]
[JsonSerializable(typeof(StepChange))]
[JsonSerializable(typeof(MemoryKey))]
[JsonSerializable(typeof(MemoryPage))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(OutputData))]
[JsonSerializable(typeof(EndData))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(ServerFile))]
[JsonSerializable(typeof(VersionInfo))]
internal sealed partial class Wire : JsonSerializerContext;
