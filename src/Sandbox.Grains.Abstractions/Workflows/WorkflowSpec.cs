using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>What a workflow shall do: the validated request, as the grain keeps it until the workflow has ended.</summary>
/// <param name="Name">What people call it; null for nothing.</param>
/// <param name="Steps">Its steps, in the order of the request.</param>
/// <param name="Sessions">Sessions that its steps share, made when the first step needs them and ended with the workflow.</param>
/// <param name="Memory">JSON texts that its memory begins with, by key.</param>
/// <param name="TimeoutSeconds">Seconds from its acceptance until it is stopped.</param>
/// <param name="OnFailure">One of <see cref="FailureModes"/>.</param>
/// <param name="MaxParallel">Most steps that run at a time.</param>
/// <param name="Metadata">Caller's labels, which lists can be filtered by.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.spec")]
public sealed record WorkflowSpec(
    [property: Id(0)] string? Name,
    [property: Id(1)] IReadOnlyList<WorkflowStepSpec> Steps,
    [property: Id(2)] IReadOnlyList<WorkflowSessionSpec> Sessions,
    [property: Id(3)] IReadOnlyDictionary<string, string> Memory,
    [property: Id(4)] double TimeoutSeconds,
    [property: Id(5)] string OnFailure,
    [property: Id(6)] int MaxParallel,
    [property: Id(7)] IReadOnlyDictionary<string, string> Metadata);

/// <summary>A step: either a job of its own, or a step in a session of the workflow. Texts of both may name earlier results.</summary>
/// <param name="Id">Name within the workflow.</param>
/// <param name="DependsOn">Steps that have to end before it begins.</param>
/// <param name="AgentId">Agent that it acts as; null for the workflow's own.</param>
/// <param name="Job">The job; null for a step in a session.</param>
/// <param name="Session">The step in a session; null for a job.</param>
/// <param name="MaxAttempts">How often it may be tried.</param>
/// <param name="BackoffSeconds">Seconds before the second attempt; doubled for each one that follows.</param>
/// <param name="TimeoutSeconds">Seconds that one attempt may take, waiting for room included; null for no bound but the workflow's.</param>
/// <param name="When">Condition on earlier results, without which it is skipped; null for none.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.step_spec")]
public sealed record WorkflowStepSpec(
    [property: Id(0)] string Id,
    [property: Id(1)] IReadOnlyList<string> DependsOn,
    [property: Id(2)] string? AgentId,
    [property: Id(3)] JobSpec? Job,
    [property: Id(4)] WorkflowSessionStep? Session,
    [property: Id(5)] int MaxAttempts = 1,
    [property: Id(6)] double BackoffSeconds = 1,
    [property: Id(7)] double? TimeoutSeconds = null,
    [property: Id(8)] string? When = null);

/// <summary>A session that a workflow owns.</summary>
/// <param name="Name">Name within the workflow.</param>
/// <param name="AgentId">Agent that it belongs to, and whose policy it is under; null for the workflow's own.</param>
/// <param name="Spec">What it shall be.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.session")]
public sealed record WorkflowSessionSpec([property: Id(0)] string Name, [property: Id(1)] string? AgentId, [property: Id(2)] SessionSpec Spec);

/// <summary>A step in a session of the workflow.</summary>
/// <param name="Name">Name of the session.</param>
/// <param name="Spec">What to run.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.session_step")]
public sealed record WorkflowSessionStep([property: Id(0)] string Name, [property: Id(1)] StepSpec Spec);
