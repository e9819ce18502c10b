using System.Text.Json.Serialization;

namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>State of a workflow. The names on the wire are the snake_case forms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkflowStatus>))]
public enum WorkflowStatus
{
    /// <summary>Steps run, or wait for those before them.</summary>
    [JsonStringEnumMemberName("running")] Running = 0,

    /// <summary>Nothing starts any more; what runs is being ended.</summary>
    [JsonStringEnumMemberName("stopping")] Stopping = 1,

    /// <summary>Every step succeeded or was skipped.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded = 2,

    /// <summary>A step did not succeed.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 3,

    /// <summary>Ended by a caller.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled = 4,

    /// <summary>Ended by its time limit.</summary>
    [JsonStringEnumMemberName("timed_out")] TimedOut = 5,
}

/// <summary>State of a step of a workflow. The names on the wire are the snake_case forms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkflowStepStatus>))]
public enum WorkflowStepStatus
{
    /// <summary>Waits for the steps it depends on, or for its turn.</summary>
    [JsonStringEnumMemberName("pending")] Pending = 0,

    /// <summary>An attempt is under way: its job or step is being submitted, waits or runs.</summary>
    [JsonStringEnumMemberName("running")] Running = 1,

    /// <summary>An attempt has failed; another one follows at its time.</summary>
    [JsonStringEnumMemberName("retrying")] Retrying = 2,

    /// <summary>Ended with exit code 0.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded = 3,

    /// <summary>Ended otherwise; see the cause.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 4,

    /// <summary>Ended because the workflow was.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled = 5,

    /// <summary>Ended by a time limit.</summary>
    [JsonStringEnumMemberName("timed_out")] TimedOut = 6,

    /// <summary>Never started; see the cause.</summary>
    [JsonStringEnumMemberName("skipped")] Skipped = 7,
}

/// <summary>Why a step or a workflow is as it is, beside the causes of jobs and the codes of refusals.</summary>
public static class WorkflowCauses
{
    /// <summary>The condition of the step was not met.</summary>
    public const string Condition = "condition";

    /// <summary>A step that it depends on did not succeed.</summary>
    public const string Dependency = "dependency";

    /// <summary>The workflow stopped before the step began.</summary>
    public const string Stopped = "stopped";

    /// <summary>A step of the workflow did not succeed.</summary>
    public const string StepFailed = "step_failed";

    /// <summary>A caller cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>A time limit was reached.</summary>
    public const string Timeout = "timeout";

    /// <summary>The step names a value that is not there.</summary>
    public const string ValueMissing = "value_missing";

    /// <summary>With the values that it names, the input of the step is too large.</summary>
    public const string InputTooLarge = "input_too_large";

    /// <summary>With the values that it names, the input of the step is not valid.</summary>
    public const string InputInvalid = "input_invalid";

    /// <summary>What the step ran, or needs of an earlier one, was removed.</summary>
    public const string Removed = "removed";
}

/// <summary>What happens when a step has not succeeded and will not be tried again.</summary>
public static class FailureModes
{
    /// <summary>The workflow stops: what runs is ended, nothing starts.</summary>
    public const string Stop = "stop";

    /// <summary>What does not depend on the step goes on.</summary>
    public const string Continue = "continue";
}
