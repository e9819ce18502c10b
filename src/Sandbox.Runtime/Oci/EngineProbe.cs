using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// Finds the engines that work on this host by starting a real sandbox with each candidate: what a version or a kernel
/// claims to support decides nothing.
/// </summary>
internal sealed partial class EngineProbe(IOptions<RuntimeOptions> options, HostLayout layout, NodeProcesses processes, SandboxStarter starter, ILogger<EngineProbe> logger)
{
    private static readonly SandboxLimits ProbeLimits = new(1, 128 << 20, 16 << 20, 64);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The first candidate that works for a class; null when none does.</summary>
    public async Task<OciEngine?> Find(IsolationClass isolation, CancellationToken cancellationToken)
    {
        foreach (var candidate in isolation == IsolationClass.Standard ? Standard() : Strong())
        {
            if (Which(candidate.Program) is null)
            {
                LogNotInstalled(candidate.Engine.Name);
                continue;
            }

            if (await Works(candidate, cancellationToken))
                return candidate.Engine;
        }

        return null;
    }

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Which(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
            .Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private async Task<bool> Works(Candidate candidate, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ProbeTimeout);
        try
        {
            if (candidate.Prepare is { } prepare)
                await prepare(timeout.Token);
            var handle = await starter.Start(candidate.Engine, new SandboxSpec(HostTemplate.Name, candidate.Engine.Isolation, ProbeLimits), timeout.Token);
            await handle.DisposeAsync();
            await starter.Erase([candidate.Engine], handle.Id);
            LogWorks(candidate.Engine.Name, candidate.Engine.Isolation);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFails(candidate.Engine.Name, string.Join(' ', candidate.Engine.Command), e);
            return false;
        }
    }

    private IEnumerable<Candidate> Standard()
    {
        var wanted = options.Value.StandardEngine;
        if (wanted is "auto" or "crun")
            yield return Crun();
        if (wanted is "auto" or "runc")
            yield return Plain("runc", IsolationClass.Standard);
    }

    private IEnumerable<Candidate> Strong()
    {
        // systrap is the faster of the platforms that need no virtualization; older releases only know ptrace.
        string[] platforms = options.Value.GvisorPlatform == "auto" ? ["systrap", "ptrace"] : [options.Value.GvisorPlatform];
        foreach (var platform in platforms)
            yield return Plain("runsc", IsolationClass.Strong, "--platform=" + platform, "--network=none", "--host-uds=all", "--oci-seccomp");
    }

    private Candidate Plain(string program, IsolationClass isolation, params string[] flags) =>
        new(program, new OciEngine(program, isolation, [program, "--root", layout.EngineState(program), .. flags], layout.EngineState(program)), null);

    // crun refuses hosts with version 1 controllers and a version 2 tree beside them. It works in a mount namespace that
    // does not show the second; one such namespace is made per node and entered by every call.
    private Candidate Crun()
    {
        var plain = Plain("crun", IsolationClass.Standard);
        if (CgroupHost.Detect() != CgroupLayout.Hybrid)
            return plain;
        var engine = plain.Engine with { Namespace = layout.CrunNamespace };
        return new Candidate("crun", engine, token => MountNamespace.Make(layout.CrunNamespace, "/sys/fs/cgroup/unified", processes.HasOthers, token));
    }

    private sealed record Candidate(string Program, OciEngine Engine, Func<CancellationToken, Task>? Prepare);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Engine} provides isolation class {Isolation}")]
    private partial void LogWorks(string engine, IsolationClass isolation);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Engine} is not installed")]
    private partial void LogNotInstalled(string engine);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Engine} does not work on this host as: {Command}")]
    private partial void LogFails(string engine, string command, Exception exception);
}
