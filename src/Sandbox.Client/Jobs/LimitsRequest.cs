namespace Sandbox.Client;

/// <summary>Bounds within which code runs; a member left out takes the platform's default.</summary>
public sealed record LimitsRequest
{
    /// <summary>Processors, in whole or parts.</summary>
    public double? Cpu { get; init; }

    /// <summary>Memory of all processes together, files in the workspace included.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Size of the workspace, and of /tmp likewise; both lie in memory, so at most memoryBytes.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>Processes and threads at one time.</summary>
    public long? Processes { get; init; }

    /// <summary>Seconds that a job, or a step of a session, may take.</summary>
    public double? WallSeconds { get; init; }

    /// <summary>Bytes of output of a job, or of a step of a session, all streams together.</summary>
    public long? OutputBytes { get; init; }
}

/// <summary>Packages by ecosystem.</summary>
public sealed record PackagesRequest
{
    /// <summary>Python packages, as pip names them.</summary>
    public IReadOnlyList<string>? Python { get; init; }

    /// <summary>Node packages, as npm names them.</summary>
    public IReadOnlyList<string>? Node { get; init; }
}
