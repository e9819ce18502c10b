using System.Net;

namespace Sandbox.Egress.Dialing;

/// <summary>Resolves names for sandboxes, which have no resolver of their own.</summary>
internal interface IEgressResolver
{
    /// <summary>The addresses of a normalised name; empty if it has none.</summary>
    Task<IReadOnlyList<IPAddress>> Resolve(string name, CancellationToken cancellationToken);
}
