using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>
/// What of this process runs under a policy and wants to know of its changes: told at once by the policy's grain, and, should that
/// word be lost, by looking after a few seconds.
/// </summary>
internal sealed partial class PolicyWatch(NodePolicies policies, TimeProvider time, ILogger<PolicyWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<PolicyName, HashSet<Watching>> _watched = [];

    /// <summary>Calls back whenever the policy is at another version than the caller goes by, until the answer is disposed.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="known">The version that the caller goes by now, as its permit has it.</param>
    /// <param name="changed">Called back, on another thread and until it has helped; must not throw.</param>
    public IDisposable Watch(PolicyName policy, Func<int> known, Action changed)
    {
        var watching = new Watching(this, policy, known, changed);
        lock (_lock)
        {
            if (!_watched.TryGetValue(policy, out var all))
                _watched.Add(policy, all = []);
            all.Add(watching);
        }

        return watching;
    }

    /// <summary>This is the last version of a policy; null where there never was one.</summary>
    public void Tell(PolicyName policy, PolicyVersion? last)
    {
        List<Watching> all;
        lock (_lock)
            all = _watched.TryGetValue(policy, out var found) ? [.. found] : [];
        var version = EffectivePermits.VersionOf(policy, last);
        foreach (var watching in all.Where(watching => watching.Known() != version))
            watching.Changed();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var policy in Policies())
                await Look(policy, stoppingToken);
        }
    }

    private async Task Look(PolicyName policy, CancellationToken cancellationToken)
    {
        try
        {
            Tell(policy, await policies.Read(policy, cancellationToken));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(policy, e);
        }
    }

    private List<PolicyName> Policies()
    {
        lock (_lock)
            return [.. _watched.Keys];
    }

    private void End(Watching watching)
    {
        lock (_lock)
        {
            if (_watched.TryGetValue(watching.Policy, out var all) && all.Remove(watching) && all.Count == 0)
                _watched.Remove(watching.Policy);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The policy {Policy} could not be read to see whether it has changed")]
    private partial void LogNotRead(PolicyName policy, Exception exception);

    private sealed class Watching(PolicyWatch watch, PolicyName policy, Func<int> known, Action changed) : IDisposable
    {
        public PolicyName Policy => policy;

        public Func<int> Known => known;

        public Action Changed => changed;

        public void Dispose() => watch.End(this);
    }
}
