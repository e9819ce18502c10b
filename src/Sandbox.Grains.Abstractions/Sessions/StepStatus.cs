using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>State of a step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepStatus>))]
public enum StepStatus
{
    /// <summary>Waits for the steps before it in its context.</summary>
    [JsonStringEnumMemberName("queued")] Queued = 0,

    /// <summary>Its code may run.</summary>
    [JsonStringEnumMemberName("running")] Running = 1,

    /// <summary>Ended without an error.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded = 2,

    /// <summary>Ended otherwise; see the cause.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 3,

    /// <summary>A caller interrupted it.</summary>
    [JsonStringEnumMemberName("interrupted")] Interrupted = 4,

    /// <summary>Ended by its time limit.</summary>
    [JsonStringEnumMemberName("timed_out")] TimedOut = 5,
}

/// <summary>Causes of a step that <see cref="JobCauses"/> does not know.</summary>
public static class StepCauses
{
    /// <summary>The session ended first, or was lost.</summary>
    public const string SessionEnded = "session_ended";
}
