namespace Sandbox.Grains.Abstractions.Ports;

/// <summary>Ways to ports of the sandboxes that this process holds.</summary>
public interface IPortRoutes
{
    /// <summary>The way to a place; null where this process does not hold the sandbox, or no longer.</summary>
    IPortRoute? Find(PortPlace place);
}

/// <summary>The way to one port, the same for all who use it.</summary>
public interface IPortRoute
{
    /// <summary>Connects to the port, at the pace that its tenant is allowed. What comes out of the stream is hostile.</summary>
    /// <exception cref="IOException">Nothing listens there, or the sandbox cannot be reached.</exception>
    Task<Stream> Connect(CancellationToken cancellationToken);

    /// <summary>Connects to the port to look whether it answers; this counts for no bound of the tenant's.</summary>
    /// <exception cref="IOException">Nothing listens there, or the sandbox cannot be reached.</exception>
    Task<Stream> Probe(CancellationToken cancellationToken);

    /// <summary>
    /// Counts as a request under way, and as work of the sandbox, until it is disposed: a session that is used so is not idle. Null
    /// where as many are under way as may be.
    /// </summary>
    IDisposable? Use();

    /// <summary>Ends when nobody is to be let through any more: the sandbox goes, or policy no longer allows it.</summary>
    CancellationToken Ended { get; }

    /// <summary>Ends when <see cref="Ended"/> does, and when a token is revoked.</summary>
    /// <param name="tokenId">The token that a request came with; null for none.</param>
    CancellationToken Until(string? tokenId);
}
