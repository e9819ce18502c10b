using System.Globalization;
using Microsoft.Extensions.Logging;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Output;
using Sandbox.Grains.Secrets;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>What the steps of one session share.</summary>
internal sealed class SessionContext
{
    private readonly SessionRecord _record;
    private readonly SessionServices _services;
    private readonly OutputPace _pace;
    private long _killsTold;

    /// <param name="record">The session.</param>
    /// <param name="link">Its sandbox.</param>
    /// <param name="services">What every session works with.</param>
    /// <param name="stopping">Ends when this process lets go of the session.</param>
    public SessionContext(SessionRecord record, SandboxLink link, SessionServices services, CancellationToken stopping)
    {
        var state = record.Current;
        _record = record;
        _services = services;
        Id = state.Id;
        TenantId = state.TenantId;
        Link = link;
        Stopping = stopping;
        Kernels = new SessionKernels(state.Spec.Language);
        Kernels.Restore(state.Origin?.Kernels ?? []);
        Branch = state.Origin?.Branch;
        Start = new StepStart(this);
        Secrets = services.Secrets.Of(new EgressOwner(state.TenantId, state.AgentId, state.Id), state.Spec.Secrets);
        Egress = new SessionEgress(record, link, services.Egress, Secrets, stopping);
        Packages = new SessionPackages(record, link, Egress, services.Packages);
        _pace = new OutputPace(services.Options.CommandOutputBytesPerSecond, services.Options.CommandOutputBytesPerSecond, services.Time);
    }

    public string Id { get; }

    public string TenantId { get; }

    /// <summary>What the names of its steps end with at the agent; null where they need none.</summary>
    public string? Branch { get; }

    public SandboxLink Link { get; }

    public SessionKernels Kernels { get; }

    public StepStart Start { get; }

    public string Language => Spec.Language;

    /// <summary>Limits of its steps, as policy lets them be now.</summary>
    public ResourceLimits Limits => Spec.Limits;

    public StepOverflow Overflow => _services.Overflow;

    /// <summary>Bytes of one step's artifacts that policy allows; null for no bound.</summary>
    public long? MaxArtifactBytes => _record.Current.Permit.MaxArtifactBytes;

    public IStepStore Steps => _services.Steps;

    public TimeProvider Time => _services.Time;

    public ILogger Logger => _services.Logger;

    /// <summary>Ends when this process lets go of the session.</summary>
    public CancellationToken Stopping { get; }

    private SessionSpec Spec => _record.Current.Spec;

    /// <summary>Name of a step's output in the store.</summary>
    public string OwnerOf(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{Id}/{sequence}");

    /// <summary>What takes the output of a step, all of it; or of a background command, its end.</summary>
    public OutputRecorder RecorderOf(StepRecord record) => new(
        OwnerOf(record.Sequence), 0, _services.Outputs, Time, Logger, record.Background is null ? null : new OutputWindow(Limits.OutputBytes, _pace));

    /// <summary>The session's variables and secrets with the step's own variables, which win.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(StepSpec spec, InjectedSecrets secrets)
    {
        var common = secrets.Over(NodeEgress.EnvironmentOf(Permit, Spec.Env, Spec.Workflow));
        if (spec.Env.Count == 0)
            return common;
        var env = new Dictionary<string, string>(common, StringComparer.Ordinal);
        foreach (var (name, value) in spec.Env)
            env[name] = value;
        return env;
    }

    public Task StartKernel(SandboxHandle sandbox, SessionKernel kernel, CancellationToken cancellationToken) =>
        _services.Kernels.Start(sandbox, kernel.Language, kernel.Id, cancellationToken);

    /// <summary>The way out of its sandbox.</summary>
    public SessionEgress Egress { get; }

    public SessionPackages Packages { get; }

    /// <summary>Its secrets, as its policy lets it have them now.</summary>
    public SandboxSecrets Secrets { get; }

    /// <summary>What it may do now.</summary>
    public EffectivePermit Permit => _record.Current.Permit;

    public SandboxUsage? Usage() => _services.Sandboxes.Usage(Link.Id);

    /// <summary>Processes killed for memory since the last call.</summary>
    public long TakeKills()
    {
        var kills = Usage()?.OomKills ?? 0;
        return kills - Interlocked.Exchange(ref _killsTold, kills);
    }
}
