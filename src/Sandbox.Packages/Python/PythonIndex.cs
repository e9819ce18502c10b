using Microsoft.Extensions.Options;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Python;

/// <summary>The files that the configured index has of a package.</summary>
internal sealed class PythonIndex(UpstreamClient upstream, IOptions<PackageOptions> options, TimeProvider time) : IDisposable
{
    private const string Accepted = $"{PythonPageTypes.Json}, {PythonPageTypes.Html};q=0.2, text/html;q=0.1";

    private readonly IndexMemory<IReadOnlyList<PythonFile>> _pages = new(options.Value, time);

    /// <summary>Where it is.</summary>
    public Uri Address => options.Value.PythonIndex;

    /// <summary>The files, without those that cannot be offered; null if there is no such package.</summary>
    /// <exception cref="UpstreamException">The index could not be asked.</exception>
    public Task<IReadOnlyList<PythonFile>?> Files(string package, CancellationToken cancellationToken) => _pages.Get(
        package,
        () => upstream.Page(new Uri(Address, $"{package}/"), Accepted, Address),
        page => [.. Read(package, page).Where(file => UpstreamClient.MayLead(Address, file.Source)).DistinctBy(file => (file.Name, file.Hash))],
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    private static IEnumerable<PythonFile> Read(string package, UpstreamPage page) => page.MediaType switch
    {
        PythonPageTypes.Json => PythonJsonPage.Read(package, page),
        PythonPageTypes.Html or "text/html" => PythonHtmlPage.Read(package, page),
        _ => throw new UpstreamException("the index answers with neither JSON nor HTML"),
    };
}
