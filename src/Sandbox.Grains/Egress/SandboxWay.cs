using Sandbox.Egress;
using Sandbox.Egress.Rules;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Packages;
using Sandbox.Packages;

namespace Sandbox.Grains.Egress;

/// <summary>The way out of one sandbox, by a version of its policy. Disposing closes it and cuts what is open.</summary>
internal sealed class SandboxWay(IEgressAccess access, IPackageAccess index, RefusedPackages refused, PolicyName policy, int version) : IAsyncDisposable
{
    private int _version = version;

    /// <summary>The policy that it goes by.</summary>
    public PolicyName Policy => policy;

    /// <summary>The version of that.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Packages that programs inside asked for and did not get.</summary>
    public RefusedPackages Refused => refused;

    /// <summary>Held while its policy is looked at.</summary>
    public SemaphoreSlim Following { get; } = new(1);

    /// <summary>Ends with it.</summary>
    public IDisposable? Watching { get; set; }

    /// <summary>Another version holds from now on.</summary>
    public void Change(EgressRules rules, PackagePermit packages, int next)
    {
        access.Change(rules);
        index.Change(packages);
        Volatile.Write(ref _version, next);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Watching?.Dispose();
        return access.DisposeAsync();
    }
}
