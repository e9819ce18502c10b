using Sandbox.Egress;
using Sandbox.Egress.Rules;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Packages;

namespace Sandbox.Grains.Egress;

/// <summary>The way out of one sandbox on one connection to it, by its policy. Disposing closes it and cuts what is open.</summary>
internal sealed class SandboxWay(IEgressAccess access, SandboxReach reach, PolicyName policy) : IAsyncDisposable
{
    /// <summary>The policy that it goes by.</summary>
    public PolicyName Policy => policy;

    /// <summary>The version of that.</summary>
    public int Version => reach.Version;

    /// <summary>Held while its policy is looked at.</summary>
    public SemaphoreSlim Following { get; } = new(1);

    /// <summary>Ends with it.</summary>
    public IDisposable? Watching { get; set; }

    /// <summary>Another version holds from now on.</summary>
    public void Change(EgressRules rules, PackagePermit packages, int version)
    {
        access.Change(rules);
        reach.Index?.Change(packages);
        reach.Version = version;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Watching?.Dispose();
        return access.DisposeAsync();
    }
}
