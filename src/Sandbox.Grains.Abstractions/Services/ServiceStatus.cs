using System.Text.Json.Serialization;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>State of a service. The names on the wire are the snake_case forms; stored by number as well: never renumbered.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceStatus>))]
public enum ServiceStatus
{
    /// <summary>Its program is about to run, or does not answer yet; also between two attempts.</summary>
    [JsonStringEnumMemberName("starting")] Starting = 0,

    /// <summary>It answers.</summary>
    [JsonStringEnumMemberName("running")] Running = 1,

    /// <summary>It is over, because its time was, somebody wanted it or policy does.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped = 2,

    /// <summary>It is over by itself.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 3,
}

/// <summary>Why a service, or an attempt to run its program, is over.</summary>
public static class ServiceCauses
{
    /// <summary>Its time to live was over.</summary>
    public const string Ttl = "ttl";

    /// <summary>A caller stopped it.</summary>
    public const string Requested = "requested";

    /// <summary>Its policy allows it no longer.</summary>
    public const string Policy = "policy";

    /// <summary>Its program ended.</summary>
    public const string Exited = "exited";

    /// <summary>It did not answer, at first or any more.</summary>
    public const string Unhealthy = "unhealthy";

    /// <summary>Its program, or the packages it needs, could not be had.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>Its sandbox is gone.</summary>
    public const string SandboxLost = "sandbox_lost";

    /// <summary>Its sandbox ran out of memory.</summary>
    public const string OutOfMemory = "out_of_memory";
}
