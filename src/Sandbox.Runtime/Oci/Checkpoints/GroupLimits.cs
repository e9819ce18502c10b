using Microsoft.Extensions.Logging;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>The limits that a sandbox has at present, by its control group.</summary>
internal sealed partial class GroupLimits(HostLayout layout, ICgroupHierarchy cgroups, ILogger<GroupLimits> logger)
{
    /// <summary>
    /// The limits of a sandbox; null when it is gone. A pool gives one other limits than those that it was made with; one that was
    /// restored may have more than its own for a while.
    /// </summary>
    public SandboxLimits? Read(SandboxId id, BoxRecord record)
    {
        var made = record.Spec.Limits;
        if (cgroups.ReadLimits(layout.CgroupOf(id)) is not { } limits)
            return null;
        var memory = limits.MemoryBytes == made.MemoryBytes + SandboxStarter.RestoreHeadroom ? made.MemoryBytes : limits.MemoryBytes;
        return made with { MemoryBytes = memory, Cpu = limits.Cpu };
    }

    /// <summary>Sets limits, where the sandbox is still there and does not use more already.</summary>
    public void TrySet(SandboxId id, SandboxSpec spec)
    {
        try
        {
            cgroups.Apply(layout.CgroupOf(id), spec.Limits with { Processes = OciBundle.CgroupProcesses(spec) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSet(id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The limits of sandbox {Id} could not be set")]
    private partial void LogNotSet(SandboxId id, Exception exception);
}
