using Microsoft.Extensions.Logging;

namespace Sandbox.Packages;

/// <summary>The gateway of this node.</summary>
internal sealed class FilteringGateway(IEnumerable<IEcosystem> ecosystems, ILogger<PackageAccess> logger) : IPackageGateway
{
    // A page of an index takes many times its size while it is read and written.
    private const int PagesAtOnce = 16;

    private readonly IEcosystem[] _ecosystems = [.. ecosystems];
    private readonly SemaphoreSlim _pages = new(PagesAtOnce);

    /// <inheritdoc/>
    public IPackageAccess Open(PackagePermit permit, Func<PackageRequest, Task> record) => new PackageAccess(_ecosystems, permit, record, _pages, logger);
}
