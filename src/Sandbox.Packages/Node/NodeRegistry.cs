using Microsoft.Extensions.Options;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Node;

/// <summary>What the configured registry knows of a package.</summary>
internal sealed class NodeRegistry(UpstreamClient upstream, IOptions<PackageOptions> options, TimeProvider time) : IDisposable
{
    private readonly IndexMemory<NodePackument> _packuments = new(options.Value, time);

    /// <summary>Where it is.</summary>
    public Uri Address => options.Value.NodeRegistry;

    /// <summary>What it knows; null if there is no such package.</summary>
    /// <param name="package">Name of the package.</param>
    /// <param name="abbreviated">Only what installing needs, where the registry can tell that apart.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UpstreamException">The registry could not be asked.</exception>
    public Task<NodePackument?> Packument(string package, bool abbreviated, CancellationToken cancellationToken)
    {
        // All of it is more than what installing needs.
        if (!abbreviated || _packuments.Known(package, out _))
            return Get(package, package, NodePageTypes.Full, cancellationToken);
        return Get($"{package} abbreviated", package, $"{NodePageTypes.Abbreviated}, {NodePageTypes.Full};q=0.8", cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _packuments.Dispose();

    private Task<NodePackument?> Get(string key, string package, string accept, CancellationToken cancellationToken) => _packuments.Get(
        key,
        () => upstream.Page(new Uri(Address, package.Replace("/", "%2f", StringComparison.Ordinal)), accept, Address),
        page => Offered(NodePackument.Read(package, page)),
        cancellationToken);

    private NodePackument Offered(NodePackument packument) =>
        packument with { Releases = [.. packument.Releases.Where(release => UpstreamClient.MayLead(Address, release.Source))] };
}
