namespace Sandbox.Packages.Upstream;

/// <summary>A page of an index as it was sent.</summary>
/// <param name="Address">Where it was in the end.</param>
/// <param name="MediaType">Its type, in lower case; empty if there was none.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record UpstreamPage(Uri Address, string MediaType, byte[] Body);
