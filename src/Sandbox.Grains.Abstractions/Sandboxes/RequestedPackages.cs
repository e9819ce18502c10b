namespace Sandbox.Grains.Abstractions.Sandboxes;

/// <summary>Packages that a request asks for, each with the range of versions that it wants.</summary>
/// <param name="Python">Python packages, as pip writes them.</param>
/// <param name="Node">Node packages, as npm writes them.</param>
[GenerateSerializer, Immutable, Alias("sandbox.requested_packages")]
public sealed record RequestedPackages([property: Id(0)] IReadOnlyList<string> Python, [property: Id(1)] IReadOnlyList<string> Node);
