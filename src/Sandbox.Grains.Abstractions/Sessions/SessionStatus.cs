using System.Text.Json.Serialization;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>State of a session. The names on the wire are the snake_case forms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SessionStatus>))]
public enum SessionStatus
{
    /// <summary>Its sandbox is there and no step runs.</summary>
    [JsonStringEnumMemberName("ready")] Ready = 0,

    /// <summary>At least one step runs.</summary>
    [JsonStringEnumMemberName("busy")] Busy = 1,

    /// <summary>Frozen: it uses no processor and keeps its memory. The next step resumes it.</summary>
    [JsonStringEnumMemberName("paused")] Paused = 2,

    /// <summary>Ended by its time to live or by being idle.</summary>
    [JsonStringEnumMemberName("expired")] Expired = 3,

    /// <summary>Ended by a caller.</summary>
    [JsonStringEnumMemberName("terminated")] Terminated = 4,

    /// <summary>Its sandbox is gone, and its state with it.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 5,
}

/// <summary>Why a session ended.</summary>
public static class SessionEndCauses
{
    /// <summary>Its time to live was over.</summary>
    public const string Ttl = "ttl";

    /// <summary>It was idle for as long as it may be.</summary>
    public const string Idle = "idle";

    /// <summary>A caller ended it.</summary>
    public const string Requested = "requested";

    /// <summary>The sandbox was lost with its node, or no longer answers.</summary>
    public const string SandboxLost = "sandbox_lost";

    /// <summary>The sandbox was killed as a whole because its memory limit was reached (gVisor).</summary>
    public const string OutOfMemory = "out_of_memory";
}

/// <summary>What a session does when it has been idle for as long as it may be.</summary>
public static class IdleActions
{
    /// <summary>It ends.</summary>
    public const string End = "end";

    /// <summary>It is paused until the next step, or until its time to live is over.</summary>
    public const string Pause = "pause";

    /// <summary>It is paused to disk: it keeps its variables and uses no memory until the next step.</summary>
    public const string Suspend = "suspend";
}

/// <summary>Where a paused session keeps its memory.</summary>
public static class PausePlaces
{
    /// <summary>In the memory of its node.</summary>
    public const string Memory = "memory";

    /// <summary>In the encrypted storage.</summary>
    public const string Disk = "disk";
}
