using Microsoft.Extensions.Logging;

namespace Sandbox.Packages;

/// <summary>The gateway of this node.</summary>
internal sealed class FilteringGateway(IEnumerable<IEcosystem> ecosystems, ILogger<PackageAccess> logger) : IPackageGateway
{
    private readonly IEcosystem[] _ecosystems = [.. ecosystems];

    /// <inheritdoc/>
    public IPackageAccess Open(PackagePermit permit, Func<PackageRequest, Task> record) => new PackageAccess(_ecosystems, permit, record, logger);
}
