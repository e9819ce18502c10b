namespace Sandbox.Client;

/// <summary>States of a service. Later servers may have more.</summary>
public static class ServiceStatus
{
    /// <summary>It does not answer yet, or not again.</summary>
    public const string Starting = "starting";

    /// <summary>It answers.</summary>
    public const string Running = "running";

    /// <summary>It was ended, or its time was over.</summary>
    public const string Stopped = "stopped";

    /// <summary>Its program has failed too often, or its sandbox was lost.</summary>
    public const string Failed = "failed";
}

/// <summary>How an attempt of a service's program was over.</summary>
public sealed record ServiceAttemptEnd
{
    /// <summary>Why: exited, signal, unhealthy, out_of_memory or start_failed.</summary>
    public string Cause { get => field ?? string.Empty; init; }

    /// <summary>Exit code, where the program exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that killed it.</summary>
    public string? Signal { get; init; }
}
