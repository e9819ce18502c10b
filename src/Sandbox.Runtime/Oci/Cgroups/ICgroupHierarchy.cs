namespace Sandbox.Runtime.Oci.Cgroups;

/// <summary>
/// The control groups of sandboxes, read and changed directly: the engines make and configure them at the start, and
/// this reads their counters and moves their limits in microseconds, without starting an engine.
/// </summary>
internal interface ICgroupHierarchy
{
    /// <summary>Counters of a group; null when it is gone.</summary>
    SandboxUsage? Read(string path);

    /// <summary>The memory limit of a group in bytes, and its processors; null when it is gone or has none.</summary>
    (long MemoryBytes, double Cpu)? ReadLimits(string path);

    /// <summary>Whether a process lives in a group or in one below it.</summary>
    bool IsPopulated(string path);

    /// <summary>Changes the limits of a group.</summary>
    void Apply(string path, SandboxLimits limits);

    /// <summary>Stops every process of a group, or lets them go on, and returns when that has happened.</summary>
    /// <exception cref="IOException">The kernel did not do it in time.</exception>
    Task Freeze(string path, bool frozen, CancellationToken cancellationToken);

    /// <summary>Kills every process in a group, and in the groups below it, frozen ones too.</summary>
    void Kill(string path);

    /// <summary>Removes a group whose processes are gone; false when something still lives in it.</summary>
    bool Remove(string path);

    /// <summary>Names of the groups directly below a path, in any controller.</summary>
    IReadOnlySet<string> Children(string path);
}
