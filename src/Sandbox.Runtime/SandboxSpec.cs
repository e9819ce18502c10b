namespace Sandbox.Runtime;

/// <summary>What a sandbox shall be.</summary>
/// <param name="Template">Name of the root file system.</param>
/// <param name="Isolation">Isolation class: <see cref="IsolationClass"/>.</param>
/// <param name="Limits">What its processes may use together.</param>
public sealed record SandboxSpec(string Template, IsolationClass Isolation, SandboxLimits Limits);

/// <summary>How strongly a sandbox is separated from its host.</summary>
public enum IsolationClass
{
    /// <summary>Kernel namespaces (runc, crun).</summary>
    Standard,

    /// <summary>A user-space kernel (gVisor).</summary>
    Strong,
}

/// <summary>Bounds of a sandbox, enforced by the kernel from outside.</summary>
/// <param name="Cpu">Processors, in whole or parts.</param>
/// <param name="MemoryBytes">Memory of all processes, and of the files in its tmpfs mounts.</param>
/// <param name="DiskBytes">Size of <c>/workspace</c>, and of <c>/tmp</c> likewise. Fixed at the start.</param>
/// <param name="Processes">Processes and threads of the code at one time.</param>
public sealed record SandboxLimits(double Cpu, long MemoryBytes, long DiskBytes, int Processes);

/// <summary>What a sandbox has used, by its cgroup.</summary>
/// <param name="CpuSeconds">Processor seconds since it was made.</param>
/// <param name="MemoryBytes">Memory in use now.</param>
/// <param name="PeakMemoryBytes">Largest memory use.</param>
/// <param name="OomKills">Processes killed because the memory limit was reached.</param>
/// <param name="ProcessRefusals">Processes refused by the control group.</param>
/// <param name="PeakProcesses">Most processes and threads at one time, the agent's included; null where the kernel does not count them (before 6.11).</param>
public sealed record SandboxUsage(double CpuSeconds, long MemoryBytes, long PeakMemoryBytes, long OomKills, long ProcessRefusals, long? PeakProcesses = null);

/// <summary>A sandbox could not be made; the message is for the log of the node.</summary>
public sealed class SandboxStartException(string message, Exception? inner = null) : Exception(message, inner);
