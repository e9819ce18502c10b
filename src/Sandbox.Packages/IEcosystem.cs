using Sandbox.Packages.Permits;

namespace Sandbox.Packages;

/// <summary>What is served below one path.</summary>
internal interface IEcosystem
{
    /// <summary>One of <see cref="Ecosystems"/>.</summary>
    string Name { get; }

    /// <summary>The path, from slash to slash.</summary>
    string Prefix { get; }

    /// <summary>What a path below the prefix means; null if nothing.</summary>
    PackageTarget? Find(string path);

    /// <summary>Answers.</summary>
    /// <exception cref="Upstream.UpstreamException">The index could not be asked, or sent something else than it should.</exception>
    /// <exception cref="IOException">The cache cannot be used.</exception>
    Task<PackageAnswer> Answer(PackageTarget target, PackageCall call);
}

/// <summary>What a path means.</summary>
/// <param name="Name">The package, in normal form.</param>
/// <param name="File">Name of one of its files; null for its page.</param>
/// <param name="Hash">What the path says about the file's content, where it does.</param>
internal sealed record PackageTarget(string Name, string? File = null, string? Hash = null);

/// <summary>Circumstances of a request.</summary>
/// <param name="Allowed">What may be served; learns what is declared.</param>
/// <param name="Accept">The header, empty if there was none.</param>
/// <param name="Base">Where the gateway is as the client sees it: scheme, host and path, without a slash at the end.</param>
/// <param name="CancellationToken">The client is gone.</param>
internal sealed record PackageCall(PackageAllowance Allowed, string Accept, string Base, CancellationToken CancellationToken);
