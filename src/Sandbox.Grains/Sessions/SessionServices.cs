using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Ports;
using Sandbox.Grains.Secrets;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Grains.Snapshots;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Sessions;

/// <summary>The node's side of sessions, one per silo: what every session's grain works with.</summary>
internal sealed class SessionServices(
    SessionSandboxes sandboxes,
    SessionAdmission admission,
    KernelStarter kernels,
    IStepStore steps,
    IOutputStore outputs,
    SandboxStore store,
    SessionStarts starts,
    StepOverflow overflow,
    IAuditLog audit,
    PolicyWatch policies,
    SuspendedWatch suspended,
    NodeEgress egress,
    PackageInstaller packages,
    NodeSecrets secrets,
    PortRoutes ports,
    ILocalSiloDetails silo,
    IOptions<SessionOptions> options,
    TimeProvider time,
    ILogger<SessionServices> logger)
{
    public SessionSandboxes Sandboxes => sandboxes;

    public SessionAdmission Admission => admission;

    public KernelStarter Kernels => kernels;

    public IStepStore Steps => steps;

    public IOutputStore Outputs => outputs;

    public SandboxStore Store => store;

    public SessionStarts Starts => starts;

    public StepOverflow Overflow => overflow;

    public IAuditLog Audit => audit;

    /// <summary>Tells sessions of changes of their policies.</summary>
    public PolicyWatch Policies => policies;

    /// <summary>Tells those that are paused to disk.</summary>
    public SuspendedWatch Suspended => suspended;

    public NodeEgress Egress => egress;

    public PackageInstaller Packages => packages;

    public NodeSecrets Secrets => secrets;

    /// <summary>Ways to ports of sandboxes, which end with them.</summary>
    public PortRoutes Ports => ports;

    /// <summary>Name of this process in the cluster.</summary>
    public string Process => silo.Name;

    public SessionOptions Options => options.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;
}
