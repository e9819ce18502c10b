using Sandbox.Packages.Permits;

namespace Sandbox.Packages.Node;

/// <summary>
/// Looks for a package among what permitted ones depend on. Who installs from a lock file asks for files alone and in any order, so
/// that the package that declares another one may not have been asked for yet.
/// </summary>
internal sealed class NodeDependencies(NodeRegistry registry)
{
    private const int AtOnce = 8;

    /// <summary>Searches until the package is found to be permitted, or until there is nowhere left to look.</summary>
    /// <exception cref="Upstream.UpstreamException">The registry could not be asked.</exception>
    public async Task Search(string wanted, Allowance<NodeRange> allowed, CancellationToken cancellationToken)
    {
        await allowed.OneSearch.WaitAsync(cancellationToken);
        try
        {
            while (!allowed.Names(wanted) && allowed.NextToSearch(AtOnce) is { Count: > 0 } packages)
                await Task.WhenAll(packages.Select(package => Declare(package, allowed, cancellationToken)));
        }
        finally
        {
            allowed.OneSearch.Release();
        }
    }

    private async Task Declare(string package, Allowance<NodeRange> allowed, CancellationToken cancellationToken)
    {
        try
        {
            var packument = await registry.Packument(package, abbreviated: true, cancellationToken);
            allowed.Declare(packument?.Releases.Where(release => allowed.Allows(package, range => range.Holds(release.Version))).SelectMany(release => release.DependsOn()) ?? []);
        }
        catch
        {
            allowed.SearchAgain(package);
            throw;
        }
    }
}
