namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>Names of what happens. They are part of the public interface: never renamed.</summary>
public static class AuditActions
{
    /// <summary>A job was accepted.</summary>
    public const string JobSubmitted = "job.submitted";

    /// <summary>A job was not accepted.</summary>
    public const string JobDenied = "job.denied";

    /// <summary>An attempt of a job got its sandbox.</summary>
    public const string JobStarted = "job.started";

    /// <summary>An attempt of a job was lost, and another one follows.</summary>
    public const string JobRequeued = "job.requeued";

    /// <summary>A job is over.</summary>
    public const string JobEnded = "job.ended";

    /// <summary>Somebody wants a job cancelled.</summary>
    public const string JobCancel = "job.cancel";

    /// <summary>A job's record is removed, by request or because its retention is over.</summary>
    public const string JobDelete = "job.delete";

    /// <summary>A session has its sandbox.</summary>
    public const string SessionCreated = "session.created";

    /// <summary>A session was not made.</summary>
    public const string SessionDenied = "session.denied";

    /// <summary>Somebody wants a session's time or labels changed.</summary>
    public const string SessionUpdate = "session.update";

    /// <summary>A session's time or labels have changed.</summary>
    public const string SessionUpdated = "session.updated";

    /// <summary>Another agent than the session's is given tokens that act in it as the session's own agent.</summary>
    public const string SessionToken = "session.token";

    /// <summary>Somebody wants a session paused.</summary>
    public const string SessionPause = "session.pause";

    /// <summary>A session is paused, in memory or on disk.</summary>
    public const string SessionPaused = "session.paused";

    /// <summary>Somebody wants a session to go on.</summary>
    public const string SessionResume = "session.resume";

    /// <summary>A session goes on.</summary>
    public const string SessionResumed = "session.resumed";

    /// <summary>Somebody wants a session paused to disk.</summary>
    public const string SessionSuspend = "session.suspend";

    /// <summary>Somebody wants forks of a session.</summary>
    public const string SessionFork = "session.fork";

    /// <summary>Another process holds a session from now on.</summary>
    public const string SessionTakenUp = "session.taken_up";

    /// <summary>Somebody wants a session ended.</summary>
    public const string SessionEnd = "session.end";

    /// <summary>A session is over.</summary>
    public const string SessionEnded = "session.ended";

    /// <summary>A session's record is removed, because its retention is over.</summary>
    public const string SessionDelete = "session.delete";

    /// <summary>A step was accepted by a session.</summary>
    public const string StepSubmitted = "step.submitted";

    /// <summary>A step was not accepted.</summary>
    public const string StepDenied = "step.denied";

    /// <summary>A step is over.</summary>
    public const string StepEnded = "step.ended";

    /// <summary>A background command or terminal was accepted by a session.</summary>
    public const string CommandSubmitted = "command.submitted";

    /// <summary>A background command or terminal was not accepted.</summary>
    public const string CommandDenied = "command.denied";

    /// <summary>A background command or terminal is over.</summary>
    public const string CommandEnded = "command.ended";

    /// <summary>Somebody writes a file of a session.</summary>
    public const string FileWrite = "file.write";

    /// <summary>Somebody moves a file of a session.</summary>
    public const string FileMove = "file.move";

    /// <summary>Somebody makes a folder in a session.</summary>
    public const string FileFolder = "file.folder";

    /// <summary>Somebody removes a file of a session.</summary>
    public const string FileRemove = "file.remove";

    /// <summary>A service has its sandbox.</summary>
    public const string ServiceCreated = "service.created";

    /// <summary>A service was not made.</summary>
    public const string ServiceDenied = "service.denied";

    /// <summary>A service's program is about to be started.</summary>
    public const string ServiceStarted = "service.started";

    /// <summary>A service answers.</summary>
    public const string ServiceRunning = "service.running";

    /// <summary>A service's program is to be started again.</summary>
    public const string ServiceRestarting = "service.restarting";

    /// <summary>Another process holds a service from now on.</summary>
    public const string ServiceTakenUp = "service.taken_up";

    /// <summary>Somebody wants a service stopped.</summary>
    public const string ServiceStop = "service.stop";

    /// <summary>A service is over.</summary>
    public const string ServiceEnded = "service.ended";

    /// <summary>A service's record is removed, because its retention is over.</summary>
    public const string ServiceDelete = "service.delete";

    /// <summary>A token of a service was made.</summary>
    public const string ServiceTokenCreated = "service.token_created";

    /// <summary>A token of a service was revoked.</summary>
    public const string ServiceTokenRevoked = "service.token_revoked";

    /// <summary>A port of a session was not opened to a caller.</summary>
    public const string PortDenied = "port.denied";

    /// <summary>Somebody wants a snapshot of a session.</summary>
    public const string SnapshotCreate = "snapshot.create";

    /// <summary>A snapshot is ready, or could not be made.</summary>
    public const string SnapshotCreated = "snapshot.created";

    /// <summary>A snapshot was not begun.</summary>
    public const string SnapshotDenied = "snapshot.denied";

    /// <summary>A snapshot is removed, by request or because its time is over.</summary>
    public const string SnapshotDelete = "snapshot.delete";

    /// <summary>A snapshot is there no longer.</summary>
    public const string SnapshotDeleted = "snapshot.deleted";

    /// <summary>Somebody interrupts a step of a session.</summary>
    public const string StepInterrupt = "step.interrupt";

    /// <summary>Somebody signals a command of a session.</summary>
    public const string CommandSignal = "command.signal";

    /// <summary>An artifact was uploaded.</summary>
    public const string ArtifactCreated = "artifact.created";

    /// <summary>An upload was refused.</summary>
    public const string ArtifactDenied = "artifact.denied";

    /// <summary>An artifact's time was over, and it was removed.</summary>
    public const string ArtifactExpired = "artifact.expired";

    /// <summary>A signed URL of an artifact was made.</summary>
    public const string ArtifactUrlCreated = "artifact.url_created";

    /// <summary>Somebody reads an artifact by a signed URL.</summary>
    public const string ArtifactUrlUsed = "artifact.url_used";

    /// <summary>Signed URLs of an artifact were revoked.</summary>
    public const string ArtifactUrlRevoked = "artifact.url_revoked";

    /// <summary>Somebody removes an artifact.</summary>
    public const string ArtifactDelete = "artifact.delete";

    /// <summary>Somebody makes a template.</summary>
    public const string TemplateCreate = "template.create";

    /// <summary>A template is ready, or could not be made.</summary>
    public const string TemplateCreated = "template.created";

    /// <summary>A template was not begun, or not removed.</summary>
    public const string TemplateDenied = "template.denied";

    /// <summary>A template was removed.</summary>
    public const string TemplateDeleted = "template.deleted";

    /// <summary>A tenant was made: the first event of its record.</summary>
    public const string TenantCreated = "tenant.created";

    /// <summary>An operator has set what a tenant may use.</summary>
    public const string TenantQuotasChanged = "tenant.quotas_changed";

    /// <summary>A node takes no new work from now on.</summary>
    public const string NodeDrain = "node.drain";

    /// <summary>A node takes work again.</summary>
    public const string NodeActivate = "node.activate";

    /// <summary>An API key was made.</summary>
    public const string ApiKeyCreated = "api_key.created";

    /// <summary>An API key was not made.</summary>
    public const string ApiKeyDenied = "api_key.denied";

    /// <summary>An API key was removed, and opens nothing any more.</summary>
    public const string ApiKeyDeleted = "api_key.deleted";

    /// <summary>A policy has another version.</summary>
    public const string PolicyChanged = "policy.changed";

    /// <summary>A policy was removed.</summary>
    public const string PolicyDeleted = "policy.deleted";

    /// <summary>A secret has another version.</summary>
    public const string SecretStored = "secret.stored";

    /// <summary>A secret was removed, with its key.</summary>
    public const string SecretDeleted = "secret.deleted";

    /// <summary>Secrets are about to be given to what runs in a sandbox, or one to a host that a program there asks.</summary>
    public const string SecretUsed = "secret.used";

    /// <summary>A webhook was made.</summary>
    public const string WebhookCreated = "webhook.created";

    /// <summary>A webhook was changed, or has another secret.</summary>
    public const string WebhookChanged = "webhook.changed";

    /// <summary>A webhook was removed.</summary>
    public const string WebhookDeleted = "webhook.deleted";

    /// <summary>A webhook was disabled because nobody takes what it sends.</summary>
    public const string WebhookDisabled = "webhook.disabled";

    /// <summary>Somebody has something sent to a webhook: a test, or an event once more.</summary>
    public const string WebhookSend = "webhook.send";

    /// <summary>A workflow was accepted.</summary>
    public const string WorkflowSubmitted = "workflow.submitted";

    /// <summary>A workflow was refused.</summary>
    public const string WorkflowDenied = "workflow.denied";

    /// <summary>An attempt of a workflow's step began.</summary>
    public const string WorkflowStepStarted = "workflow.step_started";

    /// <summary>An attempt of a workflow's step failed, and another one will follow.</summary>
    public const string WorkflowStepRetried = "workflow.step_retried";

    /// <summary>A step of a workflow ended, or will not begin.</summary>
    public const string WorkflowStepEnded = "workflow.step_ended";

    /// <summary>A workflow stops: what runs of it is being ended.</summary>
    public const string WorkflowStopping = "workflow.stopping";

    /// <summary>A workflow ended.</summary>
    public const string WorkflowEnded = "workflow.ended";

    /// <summary>Somebody cancels a workflow.</summary>
    public const string WorkflowCancel = "workflow.cancel";

    /// <summary>A workflow is removed with its memory.</summary>
    public const string WorkflowDelete = "workflow.delete";

    /// <summary>A caller, or a program in a step's sandbox, changes a key of a workflow's memory.</summary>
    public const string WorkflowMemoryWrite = "workflow.memory_write";

    /// <summary>A caller, or a program in a step's sandbox, removes a key of a workflow's memory.</summary>
    public const string WorkflowMemoryDelete = "workflow.memory_delete";

    /// <summary>A program in a sandbox asks for a package.</summary>
    public const string PackageRequest = "package.request";

    /// <summary>A request was refused because its credential's role may not make it.</summary>
    public const string AccessDenied = "access.denied";

    /// <summary>A request was let in without a credential by the development bypass.</summary>
    public const string AccessBypassed = "access.bypassed";

    /// <summary>A program in a sandbox wanted a connection to the outside: before anything is sent.</summary>
    public const string NetworkConnect = "network.connect";

    /// <summary>A connection to the outside is over.</summary>
    public const string NetworkClosed = "network.closed";
}
