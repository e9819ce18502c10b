namespace Sandbox.Grains.Abstractions.Ports;

/// <summary>Where a port of a sandbox is reached.</summary>
/// <param name="Owner">The service or session whose sandbox it is.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="SandboxId">The sandbox.</param>
/// <param name="Port">The port on its loopback.</param>
/// <param name="Process">Name of the process that holds the sandbox, through which all bytes go.</param>
[GenerateSerializer, Immutable, Alias("sandbox.port.place")]
public sealed record PortPlace(
    [property: Id(0)] string Owner,
    [property: Id(1)] string TenantId,
    [property: Id(2)] string SandboxId,
    [property: Id(3)] int Port,
    [property: Id(4)] string Process);
