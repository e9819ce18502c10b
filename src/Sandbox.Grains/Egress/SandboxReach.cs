using Sandbox.Egress;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Workflows.Memory;
using Sandbox.Packages;

namespace Sandbox.Grains.Egress;

/// <summary>What one sandbox has used and asked for on its way out, over every connection to it that this process makes.</summary>
internal sealed class SandboxReach(EgressBudget budget) : IAsyncDisposable
{
    private int _version;

    /// <summary>What it may still use.</summary>
    public EgressBudget Budget => budget;

    /// <summary>Packages that its programs asked for and did not get.</summary>
    public RefusedPackages Refused { get; } = new();

    /// <summary>The index of packages as it sees it; null before the first way out.</summary>
    public IPackageAccess? Index { get; set; }

    /// <summary>The memory of its workflow as it sees it; null before the first way out, and where there is none.</summary>
    public MemoryAccess? Memory { get; set; }

    /// <summary>The version of its policy that the index, and the way out of now, go by.</summary>
    public int Version
    {
        get => Volatile.Read(ref _version);
        set => Volatile.Write(ref _version, value);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Memory is { } memory)
            await memory.DisposeAsync();
        await budget.DisposeAsync();
    }
}
