namespace Sandbox.Egress;

/// <summary>Headers that a host is sent on behalf of a sandbox that does not know them. Not to be logged.</summary>
/// <param name="Headers">Names and texts; each takes the place of what the program has sent under the name.</param>
/// <param name="Mask">Takes what is secret out of a text.</param>
public sealed record BrokeredHeaders(IReadOnlyList<KeyValuePair<string, string>> Headers, Func<string, string> Mask)
{
    /// <summary>Only names.</summary>
    public override string ToString() => string.Join(' ', Headers.Select(static header => header.Key));
}

/// <summary>The headers that a host is to be sent; null where there are none.</summary>
/// <param name="host">The host's name, normalised.</param>
/// <param name="port">The port on which it speaks TLS.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate ValueTask<BrokeredHeaders?> HeadersFor(string host, int port, CancellationToken cancellationToken);
