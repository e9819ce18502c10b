using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Events;
using Sandbox.Api.Health;
using Sandbox.Api.Jobs;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Nodes;
using Sandbox.Api.Policies;
using Sandbox.Api.Secrets;
using Sandbox.Api.Secrets.Requests;
using Sandbox.Api.Policies.Requests;
using Sandbox.Api.Quotas;
using Sandbox.Api.Services;
using Sandbox.Api.Services.Requests;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Snapshots;
using Sandbox.Api.Snapshots.Requests;
using Sandbox.Api.Templates;
using Sandbox.Api.Templates.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Api.Tenants.Requests;
using Sandbox.Api.Webhooks;
using Sandbox.Api.Webhooks.Requests;
using Sandbox.Api.Workflows;
using Sandbox.Api.Workflows.Requests;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Http;

/// <summary>Every type that crosses the wire; serialisers are generated when compiling.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(SessionUsage))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionChangeRequest))]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(StepList))]
[JsonSerializable(typeof(StepRequest))]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(CommandList))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(CommandStdin))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(TerminalMessage))]
[JsonSerializable(typeof(Sessions.FileInfo))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(WrittenFileInfo))]
[JsonSerializable(typeof(MoveFileRequest))]
[JsonSerializable(typeof(MakeFolderRequest))]
[JsonSerializable(typeof(FileChangeInfo))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(TokenOfService))]
[JsonSerializable(typeof(ServiceTokenList))]
[JsonSerializable(typeof(ServiceTokenRequest))]
[JsonSerializable(typeof(PauseRequest))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(SnapshotList))]
[JsonSerializable(typeof(SnapshotRequest))]
[JsonSerializable(typeof(ForkRequest))]
[JsonSerializable(typeof(ForkList))]
[JsonSerializable(typeof(Template))]
[JsonSerializable(typeof(TemplateList))]
[JsonSerializable(typeof(TemplateRequest))]
[JsonSerializable(typeof(Policy))]
[JsonSerializable(typeof(PolicyList))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(EvaluationRequest))]
[JsonSerializable(typeof(PolicyEvaluation))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(SecretList))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(TenantList))]
[JsonSerializable(typeof(TenantRequest))]
[JsonSerializable(typeof(Usage))]
[JsonSerializable(typeof(QuotaSettings))]
[JsonSerializable(typeof(QuotaOverrides))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(ApiKeyRequest))]
[JsonSerializable(typeof(Artifact))]
[JsonSerializable(typeof(ArtifactList))]
[JsonSerializable(typeof(ArtifactUrl))]
[JsonSerializable(typeof(ArtifactUrlRequest))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(NewWebhook))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookChangeRequest))]
[JsonSerializable(typeof(WebhookDelivery))]
[JsonSerializable(typeof(WebhookDeliveryList))]
[JsonSerializable(typeof(Workflow))]
[JsonSerializable(typeof(WorkflowList))]
[JsonSerializable(typeof(WorkflowRequest))]
[JsonSerializable(typeof(WorkflowMemoryKey))]
[JsonSerializable(typeof(WorkflowMemoryList))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(string))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        // Text in any script stays readable; what HTML could misread is still escaped.
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
    }
}
