namespace Sandbox.Packages;

/// <summary>What a sandbox asked for, and what came of it.</summary>
/// <param name="Ecosystem">One of <see cref="Ecosystems"/>.</param>
/// <param name="Name">Name of the package, in its ecosystem's normal form.</param>
/// <param name="Version">The version of a file; null where the question was which versions there are.</param>
/// <param name="Refused">Null where it was served, else one of <see cref="PackageReasons"/>.</param>
public sealed record PackageRequest(string Ecosystem, string Name, string? Version, string? Refused);
