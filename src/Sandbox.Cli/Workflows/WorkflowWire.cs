namespace Sandbox.Cli.Workflows;

internal sealed record Workflow(
    string Id,
    string Status,
    string? Name = null,
    string? Cause = null,
    IReadOnlyList<WorkflowStep>? Steps = null,
    IReadOnlyDictionary<string, int>? Counts = null,
    string? AgentId = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? DeadlineAt = null,
    DateTimeOffset? FinishedAt = null)
{
    public bool HasEnded => Status is not ("running" or "stopping");
}

internal sealed record WorkflowStep(
    string Id,
    string Status,
    IReadOnlyList<string>? DependsOn = null,
    string? Cause = null,
    string? Detail = null,
    int? ExitCode = null,
    string? JobId = null,
    string? SessionId = null,
    int Attempts = 0,
    string? AgentId = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? FinishedAt = null);

internal sealed record WorkflowPage(IReadOnlyList<Workflow> Items, string? NextCursor = null);

/// <summary>Body of a <c>step</c> event.</summary>
internal sealed record StepChange(
    string Step, string Status, DateTimeOffset? At = null, int? Attempt = null, string? Cause = null, string? Detail = null, int? ExitCode = null, string? JobId = null);

internal sealed record MemoryKey(string Key, long Version, long SizeBytes, string? AgentId = null, DateTimeOffset? ChangedAt = null);

internal sealed record MemoryPage(IReadOnlyList<MemoryKey> Items, string? NextCursor = null);
