using System.Text.Json;

namespace Sandbox.Client;

/// <summary>A graph of steps to run. Texts of a step may name earlier results, such as ${steps.a.stdout}, and ${memory.k}.</summary>
public sealed record WorkflowRequest
{
    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>The steps, 1 to 1000.</summary>
    public IReadOnlyList<WorkflowStepRequest>? Steps { get; init; }

    /// <summary>Sessions that steps share: made when the first step needs them, ended with the workflow.</summary>
    public IReadOnlyList<WorkflowSessionRequest>? Sessions { get; init; }

    /// <summary>JSON values that the shared memory begins with, by key.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Memory { get; init; }

    /// <summary>Seconds until it is stopped. Default 3600.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>What a step that did not succeed does to the others: stop (the default) or continue, with what does not depend on it.</summary>
    public string? OnFailure { get; init; }

    /// <summary>Most steps that run at a time, 1 to 1000. Default: as many as are ready.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Labels of your own, which lists can be filtered by.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>A step: either a job of its own, or a step in a session of the workflow.</summary>
public sealed record WorkflowStepRequest
{
    /// <summary>Name within the workflow: letters, digits, _ and -.</summary>
    public string? Id { get; init; }

    /// <summary>Steps that have to end before it begins.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>Agent that it acts as: keys of that agent which are for a policy bind the step to it. Default: the caller's.</summary>
    public string? AgentId { get; init; }

    /// <summary>The job, as <see cref="JobRequest"/> has it. Either this, or session with step.</summary>
    public JobRequest? Job { get; init; }

    /// <summary>Name of the session that it runs in. Either this with step, or job.</summary>
    public string? Session { get; init; }

    /// <summary>What runs in the session, as <see cref="StepRequest"/> has it.</summary>
    public StepRequest? Step { get; init; }

    /// <summary>Whether it is tried again when it did not succeed.</summary>
    public WorkflowRetryRequest? Retry { get; init; }

    /// <summary>Seconds that one attempt may take, waiting for room included.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Condition without which it is skipped, such as steps.a.exitCode == 0 &amp;&amp; memory.mode == 'full'.</summary>
    public string? When { get; init; }
}

/// <summary>How often a step is tried.</summary>
public sealed record WorkflowRetryRequest
{
    /// <summary>Attempts in all, 1 to 10. Default 1.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Seconds before the second attempt, doubled for each that follows, up to ten minutes. Default 1.</summary>
    public double? BackoffSeconds { get; init; }
}

/// <summary>A session that the workflow owns.</summary>
public sealed record WorkflowSessionRequest
{
    /// <summary>Name within the workflow: letters, digits, _ and -.</summary>
    public string? Name { get; init; }

    /// <summary>Agent that it belongs to, and that its steps act as where they name none. Default: the caller's.</summary>
    public string? AgentId { get; init; }

    /// <summary>The session, as <see cref="SessionRequest"/> has it, but for a snapshot.</summary>
    public SessionRequest? Session { get; init; }
}
