namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>An engine that was found to save and restore sandboxes with their memory.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Version">What distinguishes its program from every other one: images are in its own format.</param>
internal sealed record MemoryEngine(OciEngine Engine, string Version);
